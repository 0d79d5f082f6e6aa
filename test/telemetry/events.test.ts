/** What happens to a call between its requests, and what tells it apart later, as a collector gets it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { OpenTelemetry } from "@surety/opentelemetry"
import { Backoff, CircuitBreaker, Credential, Degradation, Idempotency, Provider, RateLimit, RetryMatrix } from "surety"
import { Lifecycle, StaticSource } from "surety/credential"
import { HttpOperation } from "surety/http"
import { ContractHash } from "surety/signals"
import { OtlpExport, Probe, QueueSignals } from "surety/telemetry"
import { FakeExchange, FakeServer, FakeTransport, Fault, FaultScript } from "surety/testing"
import * as Collector from "./Collector.ts"

const quick = Backoff.exponential({ base: "2 millis", cap: "4 millis", maxAttempts: 2, jitter: "full" })
const Item = Schema.Struct({ id: Schema.String })
const common = { timeout: { attempt: "1 second", total: "5 seconds" }, failures: [] } as const

class Desk extends Provider.Service<Desk>()("tests/Desk", {
  baseUrl: "https://api.desk.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.serve("the last answer"),
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { slow: RateLimit.tokenBucket({ limit: 20, per: "1 second", burst: 1 }) },
    concurrency: 5,
    breaker: CircuitBreaker.consecutive({ failures: 2, openMin: "1 minute", openMax: "1 minute" })
  },
  credentials: Credential.bearer({ name: "key", scopes: [], rotateEvery: "90 days" }),
  version: { unversioned: "a test", reviewBy: "2027-01-01" },
  requestId: "x-request-id",
  runbook: "https://runbooks.example/desk",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/item", { success: Item }), {
      ...common,
      retry: RetryMatrix.transport(quick),
      cost: { slow: 0 },
      fallback: Degradation.stale({ maxAge: "1 minute" })
    }),
    ping: HttpOperation.read(HttpApiEndpoint.get("ping", "/ping", { success: Item }), {
      ...common,
      retry: RetryMatrix.transportNever,
      cost: { slow: 1 }
    }),
    add: HttpOperation.mutation(HttpApiEndpoint.post("add", "/item", { payload: Item, success: Item }), {
      ...common,
      retry: RetryMatrix.transport(quick),
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 hour" }),
      cost: { slow: 0 }
    })
  }
}) {}

const server = () =>
  FakeServer.make({
    handle: () => FakeExchange.json(200, { id: "a" }, { "x-request-id": "req_7", "x-other": "not listed" }),
    script: FaultScript.of(Fault.ok, Fault.ok, Fault.ok, Fault.ok, Fault.ok, Fault.resetAfter, Fault.resetAfter)
  })

/** Two pings of which one waits, a mutation, and an outage: 7 requests before the circuit opens, and one call after. */
const calls = Effect.gen(function* () {
  const desk = yield* Desk
  yield* desk.get()
  yield* desk.ping()
  yield* desk.ping()
  yield* desk.add({ payload: { id: "a" } }, { idempotencyKey: "order-1" })
  yield* desk.get()
  yield* desk.get()
  yield* desk.get()
  const queue = yield* QueueSignals.make({ provider: Desk, queue: "orders" })
  yield* queue.deadLettered({ id: "order-1", attempts: 3, type: "Declined" })
})

const options = { serviceName: "desk" }
const paths: Readonly<Record<string, (endpoint: string) => Layer.Layer<never>>> = {
  "Effect's OTLP exporters": (endpoint) =>
    OtlpExport.layer({ ...options, endpoint }).pipe(Layer.provide(FetchHttpClient.layer)),
  "the OpenTelemetry SDK": (endpoint) => OpenTelemetry.layer({ ...options, endpoint })
}

const nothing: Layer.Layer<never, never, Desk> = Layer.empty

const ran = <A, E>(path: string, program: Effect.Effect<A, E, Desk | Scope.Scope>, extra = nothing) =>
  Effect.gen(function* () {
    const collector = yield* Collector.make
    const desk = Desk.layer.pipe(
      Layer.provide([
        FakeTransport.layer(server()),
        Lifecycle.layer(Desk, StaticSource.make({ current: Redacted.make("sk_canary_desk_5c1d") }))
      ])
    )
    const telemetry = (paths[path] ?? (() => Layer.empty))(collector.url)
    yield* Effect.scoped(program).pipe(
      Effect.provide(
        extra.pipe(Layer.provideMerge(desk), Layer.provideMerge(telemetry), Layer.provideMerge(Logger.layer([])))
      )
    )
    return collector
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

for (const path of Object.keys(paths)) {
  describe(`what a collector gets over ${path}`, () => {
    it.live(
      "has 4 kinds of events on the spans of calls: a wait, a retry, a refusal of the circuit, and what was served",
      () =>
        Effect.gen(function* () {
          const { spans } = yield* ran(path, calls)
          const events = spans
            .filter(({ name }) => name.startsWith("tests/Desk."))
            .map(({ events, name }) => [name.slice("tests/Desk.".length), ...(events ?? []).map((one) => one.name)])
            .filter(([, ...names]) => names.length > 0)
          assert.deepStrictEqual(events, [
            ["ping", "limiter wait"],
            ["get", "retry scheduled", "stale served"],
            ["get", "circuit rejected", "stale served"]
          ])
          const all = spans.flatMap((span) => span.events ?? [])
          const wait = all.find(({ name }) => name === "limiter wait")
          assert.strictEqual(Collector.attributes(wait?.attributes)["limit.name"], "slow")
          assert.isAbove(Number(Collector.attributes(wait?.attributes)["wait.ms"]), 0)
          const retry = all.find(({ name }) => name === "retry scheduled")
          assert.isNumber(Collector.attributes(retry?.attributes)["retry.delay_ms"])
        }).pipe(Effect.scoped)
    )

    it.live(
      "has the hash of the key on the call, the one response header that the contract names on the request, no key",
      () =>
        Effect.gen(function* () {
          const { spans, texts } = yield* ran(path, calls)
          const call = Collector.attributes(spans.find(({ name }) => name === "tests/Desk.add")?.attributes)
          assert.strictEqual(call["integration.idempotency.key_hash"], ContractHash.ofText("order-1"))
          const request = Collector.attributes(spans.find(({ name }) => name === "POST /item")?.attributes)
          assert.deepStrictEqual(request["http.response.header.x-request-id"], ["req_7"])
          assert.deepStrictEqual(
            Object.keys(request).filter((name) => name.startsWith("http.response.header.")),
            ["http.response.header.x-request-id"]
          )
          const traces = texts.filter((text) => text.includes("resourceSpans")).join()
          for (const secret of ["sk_canary_desk_5c1d", '"order-1"', "not listed"]) assert.notInclude(traces, secret)
        }).pipe(Effect.scoped)
    )

    it.live("has 1 client span for the secret, and the item that was given up as an event with a name", () =>
      Effect.gen(function* () {
        const { logs, spans } = yield* ran(path, calls)
        const refreshes = spans.filter(({ name }) => name === "tests/Desk.refresh")
        assert.deepStrictEqual(
          refreshes.map(({ attributes, kind }) => [kind, Collector.attributes(attributes)["credential.name"]]),
          [[3, "key"]]
        )
        const dead = logs.find(({ eventName }) => eventName === "integration.queue.dead_lettered")
        assert.strictEqual(dead?.severityNumber, 17)
        assert.deepInclude(Collector.attributes(dead?.attributes), { queue: "orders", "error.type": "Declined" })
      }).pipe(Effect.scoped)
    )

    it.live("has user_agent.synthetic.type on both spans of a probe", () =>
      Effect.gen(function* () {
        const probe = Probe.layer(Desk, { operation: "get", request: undefined, every: "1 second" })
        const { spans } = yield* ran(path, Effect.sleep("1100 millis"), probe)
        const marked = spans.filter(
          ({ attributes }) => Collector.attributes(attributes)["user_agent.synthetic.type"] === "test"
        )
        assert.includeMembers(
          marked.map(({ name }) => name),
          ["tests/Desk.get", "GET /item"]
        )
      }).pipe(Effect.scoped)
    )
  })
}
