import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { OtlpExport } from "surety/telemetry"
import { hearing, lost, Sink } from "./Sink.ts"

const span = (name: string) => Effect.withSpan(Effect.void, name)
const traces = "/v1/traces"

/** Runs a program above an exporter whose loggers are heard, in a registry of its own. */
const above = <A, E>(
  sink: Sink,
  lines: Array<string>,
  program: Effect.Effect<A, E, OtlpExporter.Flusher>,
  options: Partial<OtlpExport.Options> = {}
) =>
  Effect.gen(function* () {
    const layer = OtlpExport.layer({ serviceName: "test", endpoint: "http://collector.example:4318", ...options })
    const result = yield* program.pipe(Effect.provide(layer.pipe(Layer.provide(sink.layer))))
    return { result, lost: yield* lost("traces") }
  }).pipe(Effect.provide(hearing(lines)), Effect.provideService(Metric.MetricRegistry, new Map()))

describe("OtlpExport", () => {
  it.effect("sends 2 spans after 10 s, and tells of no outage", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      const lines: Array<string> = []
      yield* above(
        sink,
        lines,
        Effect.gen(function* () {
          yield* span("a")
          yield* span("b")
          yield* TestClock.adjust("10 seconds")
          assert.strictEqual(sink.count(traces, "spanId"), 2)
        })
      )
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("loses no span of an outage of 5 minutes that fits into its queue, and tells of it in 2 lines", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      const lines: Array<string> = []
      const { lost } = yield* above(
        sink,
        lines,
        Effect.gen(function* () {
          sink.reply = "die"
          for (let i = 0; i < 30; i++) {
            yield* span("during")
            yield* TestClock.adjust("10 seconds")
          }
          assert.strictEqual(sink.count(traces, "spanId"), 0)
          sink.reply = "take"
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(sink.count(traces, "spanId"), 30)
        })
      )
      assert.deepStrictEqual(lost, {})
      const told = lines.filter((line) => line.includes('"telemetry.signal":"traces"'))
      assert.strictEqual(told.length, 2)
      assert.match(told[0] ?? "", /^WARN integration\.telemetry\.outage .*"reason":"unreachable"/)
      assert.match(told[1] ?? "", /^WARN integration\.telemetry\.restored .*"lost":0/)
      assert.notInclude(lines.join("\n"), "sk_collector")
    })
  )

  it.effect("asks a collector that is away no more than 20 times in 5 minutes", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      yield* above(
        sink,
        [],
        Effect.gen(function* () {
          sink.reply = "die"
          for (let i = 0; i < 300; i++) {
            yield* span("during")
            yield* TestClock.adjust("1 second")
          }
          assert.isAtLeast(sink.paths(traces), 8)
          assert.isAtMost(sink.paths(traces), 20)
        })
      )
    })
  )

  it.effect("keeps at most its 4 KiB of a signal, drops the oldest batches, and counts each of their spans", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      const lines: Array<string> = []
      const { lost } = yield* above(
        sink,
        lines,
        Effect.gen(function* () {
          sink.reply = "die"
          for (let i = 0; i < 40; i++) {
            yield* span(`span-${i}`)
            yield* TestClock.adjust("1 second")
          }
          sink.reply = "take"
          yield* TestClock.adjust("1 minute")
        }),
        { interval: "1 second", maxQueueBytes: 4096 }
      )
      const arrived = sink.count(traces, "spanId")
      assert.isAbove(arrived, 2)
      assert.isBelow(arrived, 15)
      assert.deepStrictEqual(lost, { queue_full: 40 - arrived })
      assert.include(sink.taken.map(({ text }) => text).join(), "span-39")
      assert.notInclude(sink.taken.map(({ text }) => text).join(), '"span-0"')
      const restored = lines.find((line) => line.includes("restored") && line.includes("traces"))
      assert.include(restored ?? "", `"lost":${40 - arrived}`)
    })
  )

  for (const status of [400, 401, 404, 413, 500, 302]) {
    it.effect(`gives up a batch that was answered with ${status}, counts it, and sends the next one`, () =>
      Effect.gen(function* () {
        const sink = new Sink()
        const { lost } = yield* above(
          sink,
          [],
          Effect.gen(function* () {
            sink.reply = { status }
            yield* span("refused")
            yield* TestClock.adjust("10 seconds")
            assert.strictEqual(sink.paths(traces), 1)
            sink.reply = "take"
            yield* span("next")
            yield* TestClock.adjust("10 seconds")
            assert.strictEqual(sink.count(traces, "spanId"), 1)
          })
        )
        assert.deepStrictEqual(lost, { refused: 1 })
      })
    )
  }

  for (const status of [429, 502, 503, 504]) {
    it.effect(`sends a batch again that was answered with ${status}, not before the 20 s it was asked to wait`, () =>
      Effect.gen(function* () {
        const sink = new Sink()
        const { lost } = yield* above(
          sink,
          [],
          Effect.gen(function* () {
            sink.reply = { status, headers: { "retry-after": "20" } }
            yield* span("later")
            yield* TestClock.adjust("10 seconds")
            sink.reply = "take"
            yield* TestClock.adjust("19 seconds")
            assert.strictEqual(sink.paths(traces), 1)
            yield* TestClock.adjust("1 second")
            assert.strictEqual(sink.count(traces, "spanId"), 1)
          })
        )
        assert.deepStrictEqual(lost, {})
      })
    )
  }

  it.effect("waits 5 s for an answer, and no longer than 3 s in all at the end", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      const lines: Array<string> = []
      sink.reply = "hang"
      const fiber = yield* Effect.forkChild(
        above(
          sink,
          lines,
          Effect.gen(function* () {
            yield* span("never")
            yield* Effect.sleep("16 seconds")
          })
        )
      )
      yield* TestClock.adjust("16 seconds")
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const exit = fiber.pollUnsafe()
      assert.deepStrictEqual(exit?._tag === "Success" ? exit.value.lost : exit, { shutdown: 1 })
      assert.include(lines.join("\n"), '"reason":"timeout"')
      assert.match(lines.join("\n"), /integration\.telemetry\.lost .*"traces","lost":1/)
    })
  )

  it.effect("counts the 2 spans of 3 that a collector says it did not take", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      sink.answer = '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'
      const { lost } = yield* above(
        sink,
        [],
        Effect.gen(function* () {
          for (const name of ["a", "b", "c"]) yield* span(name)
          yield* TestClock.adjust("10 seconds")
        })
      )
      assert.deepStrictEqual(lost, { refused: 2 })
    })
  )

  it.effect("replaces a reading of metrics that could not be delivered by the next, and counts its points", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      yield* above(
        sink,
        [],
        Effect.gen(function* () {
          const orders = Metric.counter("orders", { incremental: true })
          sink.reply = "die"
          yield* Metric.update(orders, 1)
          yield* TestClock.adjust("10 seconds")
          assert.isAbove((yield* lost("metrics"))["unreachable"] ?? 0, 0)
          yield* Metric.update(orders, 1)
          sink.reply = "take"
          yield* TestClock.adjust("20 seconds")
          const readings = sink.taken.filter(({ path }) => path === "/v1/metrics")
          assert.isAtLeast(readings.length, 1)
          assert.match(readings[0]?.text ?? "", /"name":"orders".*?"asDouble":2/)
        })
      )
    })
  )

  it.effect("flushes: ends when 1 span arrived, and ends too when the collector is away", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      yield* above(
        sink,
        [],
        Effect.gen(function* () {
          const { flush } = yield* OtlpExporter.Flusher
          yield* span("a")
          yield* flush
          assert.strictEqual(sink.count(traces, "spanId"), 1)
          sink.reply = "die"
          yield* span("b")
          yield* flush
          assert.strictEqual(sink.paths(traces), 2)
        })
      )
    })
  )

  it.effect("sends the secret of a header, compressed bodies and no trace header", () =>
    Effect.gen(function* () {
      const sink = new Sink()
      yield* above(
        sink,
        [],
        Effect.gen(function* () {
          for (let i = 0; i < 20; i++) yield* span("a-name-that-is-long-enough-to-be-worth-it")
          yield* TestClock.adjust("10 seconds")
          yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
          yield* TestClock.adjust("1 second")
          const delivery = sink.taken.find(({ path }) => path === traces)
          assert.strictEqual(delivery?.headers["api-key"], "k_1")
          assert.strictEqual(delivery?.headers["content-encoding"], "gzip")
          assert.notProperty(delivery?.headers, "traceparent")
        }),
        { headers: { "api-key": Redacted.make("k_1") }, compression: "gzip" }
      )
    })
  )

  for (const endpoint of [
    "collector:4318",
    "ftp://collector",
    "https://me:pass@collector",
    "https://c.example?key=1"
  ]) {
    it(`refuses the address ${endpoint} without repeating it`, () => {
      assert.throws(
        () => OtlpExport.layer({ serviceName: "test", endpoint }),
        /^the endpoint of an OTLP collector is an /
      )
    })
  }
})
