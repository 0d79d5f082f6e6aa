/** Effect's own for the type checker: `HttpApiEndpoint`, `HttpApiClient` and `Schema.TaggedError`. */
import { type Dialect, params, payload, success } from "../suite/Dialect.ts"

export const effect: Dialect = {
  imports: [
    `import * as Effect from "effect/Effect"`,
    `import * as Schema from "effect/Schema"`,
    `import * as HttpApi from "effect/http-api/HttpApi"`,
    `import * as HttpApiClient from "effect/http-api/HttpApiClient"`,
    `import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"`,
    `import * as HttpApiGroup from "effect/http-api/HttpApiGroup"`
  ].join("\n"),
  prelude: "",
  failure: (name, status) =>
    `class ${name} extends Schema.TaggedError<${name}>()("${name}", { code: Schema.String }, { httpApiStatus: ${status} }) {}`,
  endpoint: (name, failures) =>
    `const ${name} = HttpApiEndpoint.post("${name}", "/v1/${name}/:id", ` +
    `{ params: ${params}, payload: ${payload}, success: ${success}, error: [${failures.join(", ")}] })`,
  group: (names) =>
    `const api = HttpApi.make("api").add(HttpApiGroup.make("group").add(${names.join(", ")}))\n` +
    `const makeClient = HttpApiClient.make(api, { baseUrl: "https://api.example" })`,
  call: (endpoint, handled) =>
    `  yield* client.group.${endpoint}({ params: { id: "1" }, payload: { amount: 1, currency: "eur" } })` +
    `.pipe(Effect.catchTag("${handled}", (failure) => Effect.succeed(failure.code)))`,
  program: (calls) =>
    `export const program = Effect.gen(function*() {\n  const client = yield* makeClient\n${calls.join("\n")}\n})`
}
