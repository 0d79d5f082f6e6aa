// No span of the engine and no metadata of a call holds the secret that a provider sent back.
//
// The id that a provider gives a request was taken as it came when it answered well: a provider that makes ids of our key put
// the key on each span.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"

class Ids extends Provider.Service<Ids>()("tests/Ids", {
  baseUrl: "https://api.ids.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  requestId: "x-request-id",
  runbook: "https://runbooks.example/ids",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/items", { success: Schema.Struct({}) }), {
      timeout: { attempt: "1 second", total: "2 seconds" },
      failures: [],
      retry: RetryMatrix.transport(
        Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
      )
    })
  }
}) {}

const secret = "sk_live_4242424242424242"

const seen = (layer: Layer.Layer<Ids, never, never>) => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return Effect.gen(function* () {
    const { metadata } = yield* (yield* Ids).get.detailed()
    const sent = spans.find(({ kind }) => kind === "client")?.attributes.get("http.response.header.x-request-id")
    return [metadata.requestId, sent] as const
  }).pipe(Effect.provide(layer), Effect.withTracer(tracer))
}

it.effect.each([
  ["a bearer token", secret, `req-${secret}-1`, "req-<redacted>-1"],
  ["base64 of a bearer token", secret, `req-${btoa(`:${secret}`)}`, "req-On<redacted>g=="],
  ["a part of a pair", `account:${secret}`, `req-${secret}`, "req-<redacted>"],
  ["nothing of ours", secret, "req_8f7b2c", "req_8f7b2c"],
  ["nothing of ours, and is long", `account:${secret}`, "req_8f7b2c-".repeat(9), "req_8f7b2c-".repeat(9)]
] as const)("shows of an id that holds %s just what is not ours", ([, key, id, shown]) => {
  const server = FakeServer.make({ handle: () => FakeExchange.json(200, {}, { "x-request-id": id }) })
  const layer = Ids.layer.pipe(Layer.provide([FakeTransport.layer(server), Ids.Credentials.layer(Redacted.make(key))]))
  return Effect.map(seen(layer), (read) => assert.deepStrictEqual(read, [shown, [shown]]))
})
