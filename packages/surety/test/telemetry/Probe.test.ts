/** A read at a fixed interval, for providers that are called too seldom to be watched. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { Provider } from "surety"
import { ProbeSeries } from "surety/signals"
import { CallLog, Probe } from "surety/telemetry"
import { FakeExchange, FakeServer, Fault, FaultScript } from "surety/testing"
import { steady } from "../engine/Scripted.ts"
import { Booth, collecting, layerOf, logging, settle, told } from "../signals/Booth.ts"

const serve = (script = FaultScript.none) =>
  FakeServer.make({ handle: () => FakeExchange.json(200, { id: "a" }), script })

const plain = Probe.layer(Booth, { operation: "plain", request: undefined, every: "1 minute" })
const probed = (server: FakeServer.FakeServer) => Layer.provideMerge(plain, layerOf(server))
const isolated = Effect.provideService(Metric.MetricRegistry, new Map())
const durations = told("integration.probe.duration")

describe("Probe", () => {
  it.effect(
    "has its 4 series at 0 with the bounds of calls, and asks 3 times in 3 minutes, the first after half of one",
    () =>
      Effect.gen(function* () {
        const server = serve()
        yield* Effect.gen(function* () {
          const series = (yield* Metric.snapshot).filter(({ id }) => id === "integration.probe.duration")
          assert.strictEqual(series.length, 4)
          assert.deepStrictEqual(
            series.map(({ attributes }) => attributes?.["integration.outcome"]),
            ProbeSeries.of(Booth.contract, "plain").map(({ attributes }) => attributes["integration.outcome"])
          )
          assert.strictEqual(server.log.count(), 0)
          yield* TestClock.adjust("29 seconds")
          assert.strictEqual(server.log.count(), 0)
          yield* TestClock.adjust("151 seconds")
          assert.strictEqual(server.log.count(), 3)
          assert.deepStrictEqual(yield* durations, ["integration.operation.name=plain integration.outcome=success 3"])
          // they feed the objective as any other call does
          assert.deepStrictEqual(yield* told("integration.operation.duration"), [
            "integration.operation.name=plain integration.outcome=success 3"
          ])
        }).pipe(Effect.provide(probed(server)), steady(0.5), isolated)
      })
  )

  it.effect("measures how it failed, with the retries and the deadline of the contract, and goes on", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.repeat(Fault.unavailable()))
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("100 seconds")
        assert.strictEqual(server.log.count(), 4)
        assert.deepStrictEqual(yield* durations, ["integration.operation.name=plain integration.outcome=failure 2"])
        yield* Effect.map(Booth, (booth) => Provider.control(booth)?.isolate())
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(server.log.count(), 4)
        assert.deepStrictEqual(yield* durations, [
          "integration.operation.name=plain integration.outcome=failure 2",
          "integration.operation.name=plain integration.outcome=rejected 1"
        ])
      }).pipe(Effect.provide(probed(server)), steady(0.5), isolated)
    })
  )

  it.effect("makes its request anew for each probe when it is a function, and stops with its layer", () =>
    Effect.gen(function* () {
      const server = serve()
      let at = 0
      const probe = Probe.layer(Booth, {
        operation: "get",
        request: () => ({ params: { id: `${++at}` }, query: {} }),
        every: "10 seconds"
      })
      yield* TestClock.adjust("25 seconds").pipe(
        Effect.provide(Layer.provideMerge(probe, layerOf(server))),
        steady(0.5)
      )
      assert.deepStrictEqual(
        server.log.entries.map(({ path }) => path),
        ["/v1/items/1", "/v1/items/2", "/v1/items/3"]
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(server.log.count(), 3)
    }).pipe(isolated)
  )

  it.effect("marks both spans of its calls, which are roots, and those of nobody else", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("31 seconds")
        yield* Effect.flatMap(Booth, (booth) => settle(booth.plain()))
      }).pipe(
        Effect.provide(probed(serve())),
        Effect.withSpan("program"),
        Effect.withTracer(tracer),
        steady(0.5),
        isolated
      )
      assert.deepStrictEqual(
        spans.map(({ attributes, kind, name, parent }) => [
          name,
          kind,
          attributes.get("user_agent.synthetic.type"),
          parent._tag
        ]),
        [
          ["program", "internal", undefined, "None"],
          ["tests/Booth.plain", "internal", "test", "None"],
          ["GET /v1/plain", "client", "test", "Some"],
          ["tests/Booth.plain", "internal", undefined, "Some"],
          ["GET /v1/plain", "client", undefined, "Some"]
        ]
      )
    })
  )

  it("is refused for a mutation by the compiler and when it is made, and for an interval under 1 second", () => {
    const every = "1 minute"
    assert.throws(
      // @ts-expect-error a mutation is no probe
      () => Probe.layer(Booth, { operation: "drop", request: { params: { id: "a" } }, every }),
      /tests\/Booth\.drop: a probe may not change anything at the provider: choose a read/
    )
    // @ts-expect-error a stream is none either: somebody would have to read it
    Probe.layer(Booth, { operation: "watch", request: undefined, every })
    // @ts-expect-error the request is that of the operation
    Probe.layer(Booth, { operation: "get", request: { params: {} }, every })
    assert.throws(
      () => Probe.layer(Booth, { operation: "plain", request: undefined, every: "10 millis" }),
      /at least 1 second, got 10 ms/
    )
    // @ts-expect-error no such operation
    const other = () => Probe.layer(Booth, { operation: "other", request: undefined, every })
    assert.throws(other, /operation of the contract/)
  })
})

describe("a probe in the log of calls", () => {
  it.effect("is known by its mark", () =>
    Effect.gen(function* () {
      const { layer, lines } = logging()
      yield* TestClock.adjust("31 seconds").pipe(
        Effect.provide(probed(serve())),
        Effect.provide(CallLog.layer({ successes: 1 }).pipe(Layer.provideMerge(layer))),
        steady(0.5),
        isolated
      )
      assert.deepStrictEqual(
        lines.map(({ annotations, message }) => [message, annotations["user_agent.synthetic.type"]]),
        [["integration.call", "test"]]
      )
    })
  )
})
