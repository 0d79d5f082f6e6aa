// A server with an IPv6 address is named by that address.
//
// `server.address` had the brackets that an IPv6 address wears in a URL, on metrics and on spans, also after a redirect, so
// it was not the address that the semantic conventions ask for, and joined with no other telemetry of that host.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Credential, Degradation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport } from "surety/http/Transport"
import { answer, idle } from "./Shop.ts"

class Six extends Provider.Service<Six>()("six", {
  baseUrl: "https://[2001:db8::1]/v1",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/six",
  redirectsTo: ["https://[2001:db8::2]:8443"],
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/file", { success: Schema.Struct({ id: Schema.String }) }), {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: RetryMatrix.transportNever
    })
  }
}) {}

it.effect("says 2001:db8::1 in metrics and spans, 2001:db8::2 after a redirect, and asks at the bracketed URL", () => {
  const asked: Array<string> = []
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (given) => {
      const span = new Tracer.NativeSpan(given)
      spans.push(span)
      return span
    }
  })
  const transport = Layer.succeed(Transport, {
    send: ({ origin, path }, handler) => {
      const first = asked.push(origin + path) === 1
      queueMicrotask(() => {
        if (!first) return answer(handler)
        handler.onHead(307, { location: "https://[2001:db8::2]:8443/file" })
        handler.onEnd()
      })
      return idle
    }
  })
  return Effect.gen(function* () {
    const six = yield* Six
    assert.deepStrictEqual(yield* six.get().pipe(Effect.withTracer(tracer)), { id: "a" })

    const metrics = yield* Metric.snapshot
    for (const name of ["http.client.request.duration", "http.client.active_requests"]) {
      const series = metrics.filter(({ id }) => id === name)
      assert.isAbove(series.length, 0)
      assert.deepStrictEqual(
        [...new Set(series.map(({ attributes }) => attributes?.["server.address"]))],
        ["2001:db8::1"]
      )
    }
    assert.deepStrictEqual(
      spans
        .filter(({ kind }) => kind === "client")
        .map(({ attributes }) => ["server.address", "server.port", "url.full"].map((name) => attributes.get(name))),
      [
        ["2001:db8::1", 443, "https://[2001:db8::1]/v1/file"],
        ["2001:db8::2", 8443, "https://[2001:db8::2]:8443/file"]
      ]
    )
    assert.deepStrictEqual(asked, ["https://[2001:db8::1]/v1/file", "https://[2001:db8::2]:8443/file"])
  }).pipe(Effect.provide(Six.layer), Effect.provide(transport), Effect.provideService(Metric.MetricRegistry, new Map()))
})
