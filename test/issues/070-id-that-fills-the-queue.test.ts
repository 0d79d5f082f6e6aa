// A span carries 500 letters at most of what a provider says.
//
// The id of a request went on the span as long as it was: a provider, or a proxy before it, that answers with ids of 16 kB fills
// the queues of an exporter that has room for 2,048 spans with 32 MB.
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

it.effect("puts 500 letters of an id of 16,000 on the span, and leaves the caller all of them", () =>
  Effect.gen(function* () {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const id = "req_".repeat(4_000)
    const server = FakeServer.make({ handle: () => FakeExchange.json(200, {}, { "x-request-id": id }) })
    const layer = Ids.layer.pipe(
      Layer.provide([FakeTransport.layer(server), Ids.Credentials.layer(Redacted.make("sk_live_4242"))])
    )
    const { metadata } = yield* Effect.flatMap(Ids, (ids) => ids.get.detailed()).pipe(
      Effect.provide(layer),
      Effect.withTracer(tracer)
    )
    assert.strictEqual(metadata.requestId, id)
    const sent = spans.find(({ kind }) => kind === "client")?.attributes.get("http.response.header.x-request-id")
    assert.deepStrictEqual(sent, [id.slice(0, 500)])
  })
)
