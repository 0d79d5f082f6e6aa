// What was kept for one request is never given to another.
//
// Two requests that JSON writes alike (`URLSearchParams`, a pattern) shared their stale value, and two that differ only
// in a header shared the answer to a 304.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Credential, Degradation, Operation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"

const common = {
  baseUrl: "https://api.acme.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.serve("an older value"),
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/acme"
} as const
const guarded = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [],
  retry: RetryMatrix.transportNever
} as const

class Search extends Provider.Service<Search>()("search", {
  ...common,
  operations: {
    find: Operation.read("find", {
      ...guarded,
      fallback: Degradation.stale({ maxAge: "1 hour", capacity: 10 }),
      attempt: (request: { readonly query: URLSearchParams }) => Effect.succeed(request.query.get("of") ?? "")
    })
  }
}) {}

it.effect("serves 0 stale values of one URLSearchParams to another", () =>
  Effect.gen(function* () {
    const search = yield* Search
    assert.strictEqual(yield* search.find({ query: new URLSearchParams({ of: "alice" }) }), "alice")
    Provider.control(search)?.isolate()
    const error = yield* Effect.flip(search.find({ query: new URLSearchParams({ of: "bob" }) }))
    assert.strictEqual(error._tag, "NotAttempted")
  }).pipe(Effect.provide(Search.layer))
)

class Pages extends Provider.Service<Pages>()("pages", {
  ...common,
  operations: {
    get: HttpOperation.read(
      HttpApiEndpoint.get("get", "/page", {
        headers: { "accept-language": Schema.String },
        success: Schema.Struct({ text: Schema.String })
      }),
      { ...guarded, conditional: "etag" }
    )
  }
}) {}

it.effect("answers 2 languages of one address with 2 texts", () => {
  const server = FakeServer.make({
    handle: ({ headers }) =>
      headers["if-none-match"] === '"1"'
        ? { status: 304, headers: {}, body: "", acted: "no" }
        : {
            ...FakeExchange.json(200, { text: headers["accept-language"] }),
            headers: { "content-type": "application/json", etag: '"1"' }
          }
  })
  return Effect.gen(function* () {
    const pages = yield* Pages
    for (const language of ["de", "fr", "de"]) {
      assert.deepStrictEqual(yield* pages.get({ headers: { "accept-language": language } }), { text: language })
    }
    assert.deepStrictEqual(server.log.statuses(), [200, 200, 304])
  }).pipe(Effect.provide(Pages.layer.pipe(Layer.provide(FakeTransport.layer(server)))))
})
