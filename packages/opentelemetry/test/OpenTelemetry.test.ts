import { assert, describe, it } from "@effect/vitest"
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base"
import { OpenTelemetry } from "@surety/opentelemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"

type Reply = "take" | "never" | "slowly" | Error

/** An exporter that takes, at once or after 20 ms, fails, or never answers. */
class Exporter implements SpanExporter {
  reply: Reply
  readonly spans: Array<ReadableSpan> = []

  constructor(reply: Reply) {
    this.reply = reply
  }

  export(spans: Array<ReadableSpan>, tell: Parameters<SpanExporter["export"]>[1]): void {
    if (this.reply === "never") return
    if (this.reply === "slowly") {
      setTimeout(() => {
        this.spans.push(...spans)
        tell({ code: 0 })
      }, 20)
      return
    }
    if (this.reply === "take") this.spans.push(...spans)
    tell(this.reply === "take" ? { code: 0 } : { code: 1, error: this.reply })
  }

  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}

const lost = Effect.map(Metric.snapshot, (all) => {
  const found: Record<string, number> = {}
  for (const { attributes, id, state } of all) {
    if (id !== "integration.telemetry.dropped" || attributes?.["signal"] !== "traces") continue
    const count = Number((state as Metric.CounterState<number>).count)
    if (count > 0) found[attributes["reason"] ?? ""] = count
  }
  return found
})

const run = (layer: Layer.Layer<never>, spans: number) =>
  Effect.gen(function* () {
    yield* Effect.replicateEffect(Effect.withSpan(Effect.void, "a"), spans).pipe(
      Effect.provide(layer.pipe(Layer.provideMerge(Logger.layer([]))))
    )
    return yield* lost
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const limits = { serviceName: "test", maxQueueItems: 10, maxBatchItems: 5, shutdownTimeout: "50 millis" } as const

describe("OpenTelemetry", () => {
  it.live("exports 10 spans of 10, with a status that is unset, and loses none", () =>
    Effect.gen(function* () {
      const spanExporter = new Exporter("take")
      assert.deepStrictEqual(yield* run(OpenTelemetry.layerWith({ ...limits, spanExporter }), 10), {})
      assert.deepStrictEqual(
        spanExporter.spans.map(({ name, status }) => `${name} ${status.code}`),
        Array(10).fill("a 0")
      )
    })
  )

  it.live("lets 10 spans on their way, counts the other 15, and those 10 when the program ends", () =>
    Effect.gen(function* () {
      const spanExporter = new Exporter("never")
      const counted = yield* run(OpenTelemetry.layerWith({ ...limits, spanExporter }), 25)
      assert.deepStrictEqual(counted, { queue_full: 15, shutdown: 10 })
    })
  )

  for (const [error, reason] of [
    [Object.assign(new Error("no"), { code: 400 }), "refused"],
    [Object.assign(new Error("no"), { code: 503 }), "unreachable"],
    [Object.assign(new Error("no"), { code: "ECONNRESET" }), "unreachable"],
    [new Error("Request timed out"), "timeout"]
  ] as const) {
    it.live(
      `counts 7 spans as ${reason} when their exporter fails with ${String(Object(error).code)}, and ends well`,
      () =>
        Effect.gen(function* () {
          const counted = yield* run(OpenTelemetry.layerWith({ ...limits, spanExporter: new Exporter(error) }), 7)
          assert.deepStrictEqual(counted, { [reason]: 7 })
        })
    )
  }

  it.live("is a layer that can be built twice: the second end has its time too", () =>
    Effect.gen(function* () {
      const spanExporter = new Exporter("slowly")
      const layer = OpenTelemetry.layerWith({ ...limits, spanExporter })
      yield* run(layer, 3)
      yield* Effect.sleep("60 millis")
      assert.deepStrictEqual(yield* run(Layer.fresh(layer), 4), {})
      assert.strictEqual(spanExporter.spans.length, 7)
    })
  )
})
