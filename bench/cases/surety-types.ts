/** Ours for the type checker: the same endpoints and failures, with the rules that we demand besides. */
import { type Dialect, params, payload, success } from "../suite/Dialect.ts"

export const surety: Dialect = {
  imports: [
    `import * as Effect from "effect/Effect"`,
    `import * as Schema from "effect/Schema"`,
    `import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"`,
    `import * as Backoff from "surety/Backoff"`,
    `import * as Credential from "surety/Credential"`,
    `import * as Degradation from "surety/Degradation"`,
    `import * as Failure from "surety/Failure"`,
    `import * as Idempotency from "surety/Idempotency"`,
    `import * as Provider from "surety/Provider"`,
    `import * as RateLimit from "surety/RateLimit"`,
    `import * as RetryMatrix from "surety/RetryMatrix"`,
    `import * as HttpOperation from "surety/http/HttpOperation"`
  ].join("\n"),
  prelude: `const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })`,
  failure: (name) =>
    `class ${name} extends Failure.Tagged<${name}>()("${name}", ` +
    `{ retry: "never", fault: "caller", fields: { code: Schema.String } }) {}`,
  endpoint: (name, failures) =>
    `const ${name} = HttpOperation.mutation(\n` +
    `  HttpApiEndpoint.post("${name}", "/v1/${name}/:id", { params: ${params}, payload: ${payload}, success: ${success} }),\n` +
    `  {\n` +
    `    failures: [${failures.map((failure, index) => `${failure}.wire(${400 + index})`).join(", ")}],\n` +
    `    timeout: { attempt: "2 seconds", total: "8 seconds" },\n` +
    `    idempotency: Idempotency.natural("sets one resource to one state"),\n` +
    `    retry: { ...RetryMatrix.transport(quick), ${failures.map((name) => `${name}: Backoff.never`).join(", ")} }\n` +
    `  }\n)`,
  group: (names) =>
    `class Payments extends Provider.Service<Payments>()("acme/Payments", {\n` +
    `  baseUrl: "https://api.example", owner: "team", criticality: "critical", degradation: Degradation.fail,\n` +
    `  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },\n` +
    `  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },\n` +
    `  credentials: Credential.bearer({ scopes: ["all"], rotateEvery: "90 days" }),\n` +
    `  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },\n` +
    `  runbook: "https://runbooks.example/payments",\n` +
    `  operations: { ${names.join(", ")} }\n` +
    `}) {}`,
  call: (endpoint, handled) =>
    `  yield* payments.${endpoint}({ params: { id: "1" }, payload: { amount: 1, currency: "eur" } })` +
    `.pipe(Effect.catchTag("${handled}", (failure) => Effect.succeed(failure.code)))`,
  program: (calls) =>
    `export const program = Effect.gen(function*() {\n  const payments = yield* Payments\n${calls.join("\n")}\n})`
}
