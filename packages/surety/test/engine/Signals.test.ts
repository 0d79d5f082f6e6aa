import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { CallError, Operation, RateLimit } from "surety"
import { Control } from "../../src/engine/Control.ts"
import {
  broken,
  declare,
  declined,
  failures,
  keyed,
  lost,
  retry,
  Scripted,
  series,
  steady,
  timeout
} from "./Scripted.ts"

const write = (script: Scripted) =>
  Operation.mutation("write", { timeout, failures, retry, idempotency: keyed, attempt: script.attempt<string> })
const collecting = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}

describe("Signals", () => {
  it.effect("has every series at 0 once the layer is built, and none after it is closed", () =>
    Effect.gen(function* () {
      const rate = { calls: RateLimit.tokenBucket({ limit: 10, per: "1 second" }) }
      const Acme = declare({ write: write(new Scripted({})) }, { rate, concurrency: 7 })
      const zero: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
        ...["original", "retry", "hedge", "auth_replay", "redirect"].map(
          (type) => ["integration.attempts", { "attempt.type": type }] as const
        ),
        ...CallError.reasonsToStop.map((reason) => ["integration.retry.suppressed", { reason }] as const),
        ...[
          "undeclared_status",
          "undeclared_5xx",
          "decode",
          "enum_unknown",
          "oversize",
          "content_type",
          "redirect",
          "request"
        ].map((violation) => ["integration.contract.violations", { violation }] as const),
        ["integration.operation.duration", { "integration.outcome": "success" }],
        ["integration.operation.duration", { "integration.outcome": "cancelled" }],
        ...[
          "Declined",
          "Throttled",
          "dns",
          "connect_refused",
          "tls",
          "reset",
          "body_truncated",
          "timeout",
          "undeclared_status",
          "decode",
          "contract_violation"
        ].map(
          (type) =>
            ["integration.operation.duration", { "error.type": type, "integration.outcome": "failure" }] as const
        ),
        ...["circuit_open", "bulkhead_full", "rate_limited_local", "deadline_exceeded", "key_refused"].map(
          (type) =>
            ["integration.operation.duration", { "error.type": type, "integration.outcome": "rejected" }] as const
        ),
        ["integration.outcome.unknown.calls", {}],
        ["integration.outcome.reconciled", {}],
        ["integration.deprecation.responses", {}],
        ["integration.circuit_breaker.rejections", {}],
        ["integration.circuit_breaker.transitions", { from: "closed", to: "open" }],
        ["integration.circuit_breaker.state", { state: "open" }],
        ["integration.concurrency.rejections", {}],
        ["integration.concurrency.in_flight", {}],
        ["integration.concurrency.queued", {}],
        ["integration.rate_limit.rejections", {}],
        ["integration.guard_store.errors", {}]
      ]
      yield* Effect.gen(function* () {
        for (const [name, attributes] of zero) {
          const value = yield* series(name, { "integration.provider.name": "acme", ...attributes })
          assert.strictEqual(value, 0, `${name} ${JSON.stringify(attributes)}`)
        }
        assert.strictEqual(yield* series("integration.circuit_breaker.state", { state: "closed" }), 1)
        assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
        assert.strictEqual(yield* series("integration.rate_limit.limit", { "limit.name": "calls" }), 10)
        assert.strictEqual(yield* series("integration.rate_limit.remaining", { "limit.name": "calls" }), 10)
      }).pipe(Effect.provide(Acme.layer))
      const left = (yield* Metric.snapshot).filter((one) => one.id.startsWith("integration."))
      assert.strictEqual(left.length, 0)
    })
  )

  it.effect("counts 3 attempts, 2 of them retries, 1 unknown outcome, why it stopped, and its 150 ms", () =>
    Effect.gen(function* () {
      const Acme = declare({ write: write(new Scripted({ fail: lost })) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.exit(acme.write("a")))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(fiber)
        assert.strictEqual(yield* series("integration.attempts", { "attempt.type": "original" }), 1)
        assert.strictEqual(yield* series("integration.attempts", { "attempt.type": "retry" }), 2)
        assert.strictEqual(yield* series("integration.outcome.unknown.calls"), 1)
        assert.strictEqual(yield* series("integration.retry.suppressed", { reason: "attempts" }), 1)
        const all = yield* Metric.snapshot
        const duration = all.find(
          (one) => one.id === "integration.operation.duration" && one.attributes?.["error.type"] === "reset"
        )
        assert.strictEqual((duration?.state as Metric.HistogramState | undefined)?.sum, 0.15)
        assert.strictEqual(duration?.attributes?.["error.fault"], "network")
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
    })
  )

  it.effect("is the series that Metric.gauge names, with 2 attributes of the context, and goes with its layer", () =>
    Effect.gen(function* () {
      const around = { region: "eu", " first": "1" }
      const registry: Metric.MetricRegistry = new Map()
      const attributes = { "integration.provider.name": "acme", state: "closed" }
      const named = Metric.gauge("integration.circuit_breaker.state", { attributes })
      const Acme = declare({ write: write(new Scripted({})) })
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Layer.build(Layer.fresh(Acme.layer))
          const size = registry.size
          assert.deepStrictEqual(yield* Metric.value(named), { value: 1 })
          assert.strictEqual(registry.size, size)
          const seen = (yield* Metric.snapshot).filter((one) => one.attributes?.["region"] === "eu")
          assert.strictEqual(seen.length, size)
        })
      ).pipe(
        Effect.provideService(Metric.MetricRegistry, registry),
        Effect.provideService(Metric.CurrentMetricAttributes, around)
      )
      assert.strictEqual(registry.size, 0)
    })
  )

  it.effect("counts a refusal as rejected and local, an interruption as cancelled, and nothing twice", () =>
    Effect.gen(function* () {
      const Acme = declare({ write: write(new Scripted({ hang: "for ever" })) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.write("a"))
        yield* TestClock.adjust(0)
        assert.strictEqual(yield* series("integration.concurrency.in_flight"), 1)
        yield* Fiber.interrupt(fiber)
        Control.of(acme)?.isolate()
        yield* Effect.exit(acme.write("b"))
        assert.strictEqual(yield* series("integration.circuit_breaker.rejections"), 1)
        assert.strictEqual(yield* series("integration.operation.duration", { "error.fault": "local" }), 1)
        assert.strictEqual(yield* series("integration.operation.duration", { "integration.outcome": "cancelled" }), 1)
        assert.strictEqual(yield* series("integration.operation.duration"), 2)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("Spans", () => {
  it.effect(
    "makes 1 internal span for the call and 1 client span for each of 3 attempts, with resend_count 1 and 2",
    () =>
      Effect.gen(function* () {
        const { spans, tracer } = collecting()
        const Acme = declare({ write: write(new Scripted({ fail: lost }, { fail: broken }, {})) })
        yield* Effect.gen(function* () {
          const acme = yield* Acme
          const fiber = yield* Effect.forkChild(acme.write("a").pipe(Effect.withTracer(tracer)))
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(fiber)
        }).pipe(Effect.provide(Acme.layer))
        assert.deepStrictEqual(
          spans.map((span) => [
            span.name,
            span.kind,
            span.attributes.get("http.request.resend_count"),
            span.attributes.get("error.type")
          ]),
          [
            ["acme.write", "internal", undefined, undefined],
            ["acme.write attempt", "client", undefined, "reset"],
            ["acme.write attempt", "client", 1, "undeclared_status"],
            ["acme.write attempt", "client", 2, undefined]
          ]
        )
        for (const attempt of spans.slice(1)) {
          assert.strictEqual(Option.getOrUndefined(attempt.parent)?.spanId, spans[0]?.spanId)
        }
        assert.isTrue(spans.every((span) => span.status._tag === "Ended"))
        assert.strictEqual(spans[0]?.attributes.get("integration.attempts"), 3)
      })
  )

  it.effect("ends every span of an interrupted call, a declined call and a defect", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      const Acme = declare({ write: write(new Scripted({ hang: "for ever" }, { fail: declined }, { die: "bug" })) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.write("a"))
        yield* TestClock.adjust(0)
        yield* Fiber.interrupt(fiber)
        yield* Effect.exit(acme.write("b"))
        yield* Effect.exit(acme.write("c"))
      }).pipe(Effect.withTracer(tracer), Effect.provide(Acme.layer))
      const ends = spans.map((span) => (span.status._tag === "Ended" ? span.status.exit._tag : "open"))
      assert.deepStrictEqual(ends, Array(6).fill("Failure"))
    })
  )
})
