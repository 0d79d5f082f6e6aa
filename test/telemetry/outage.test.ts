/** A collector that is gone, hangs or refuses, over real sockets: what is lost is bounded and seen, and comes back. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { OpenTelemetry } from "@surety/opentelemetry"
import { OtlpExport } from "surety/telemetry"
import * as Collector from "./Collector.ts"

const limits = { interval: "50 millis", attemptTimeout: "400 millis", shutdownTimeout: "1 second" } as const
const paths: Readonly<Record<string, (endpoint: string) => Layer.Layer<never>>> = {
  "Effect's OTLP exporters": (endpoint) =>
    OtlpExport.layer({ serviceName: "shop", endpoint, ...limits }).pipe(Layer.provide(FetchHttpClient.layer)),
  "the OpenTelemetry SDK": (endpoint) => OpenTelemetry.layer({ serviceName: "shop", endpoint, ...limits })
}

const lost = (signal: string, reason?: string) =>
  Effect.map(Metric.snapshot, (all) =>
    all
      .filter(({ attributes, id }) => id === "integration.telemetry.dropped" && attributes?.["signal"] === signal)
      .filter(({ attributes }) => reason === undefined || attributes?.["reason"] === reason)
      .reduce((sum, { state }) => sum + Number((state as Metric.CounterState<number>).count), 0)
  )

/** Waits until something is so, and fails the test after 8 seconds. */
const until = (what: string, holds: () => boolean) =>
  Effect.gen(function* () {
    for (let i = 0; i < 800; i++) {
      if (holds()) return
      yield* Effect.sleep("10 millis")
    }
    assert.fail(`not within 8 s: ${what}`)
  })

/** Makes spans until something is so. */
const busyUntil = (what: string, name: string, holds: () => boolean) =>
  Effect.gen(function* () {
    let made = 0
    for (let i = 0; i < 400; i++) {
      yield* Effect.withSpan(Effect.void, name)
      made++
      yield* Effect.sleep("20 millis")
      if (holds()) return made
    }
    return assert.fail(`not within 8 s: ${what}`)
  })

type Death = (collector: Collector.Collector) => Effect.Effect<void>
const deaths: Readonly<Record<string, Death>> = {
  "refuses connections": (collector) => Effect.promise(() => collector.close()),
  hangs: (collector) => Effect.sync(() => void (collector.mode = "hang")),
  "answers 500": (collector) => Effect.sync(() => void (collector.mode = { status: 500 }))
}

for (const [path, layer] of Object.entries(paths)) {
  describe(`over ${path}`, () => {
    for (const [how, die] of Object.entries(deaths)) {
      it.live(
        `a collector that ${how} gets data again when it is back, and each span arrived or was counted`,
        () =>
          Effect.gen(function* () {
            const collector = yield* Collector.make
            const lines: Array<string> = []
            const heard = Logger.layer([
              Logger.map(Logger.formatStructured, ({ annotations, message }) => {
                lines.push(`${String(message)} ${JSON.stringify(annotations)}`)
              })
            ])
            let made = 1
            yield* Effect.gen(function* () {
              yield* Effect.withSpan(Effect.void, "before")
              yield* until("the first span", () => collector.spans.length === 1)
              yield* die(collector)
              made += yield* busyUntil("an outage", "during", () =>
                lines.some((line) => line.includes("outage") && line.includes("traces"))
              )
              collector.mode = "well"
              if (how === "refuses connections") yield* Effect.promise(() => collector.reopen())
              made += yield* busyUntil("a span of the time after", "after", () =>
                collector.spans.some(({ name }) => name === "after")
              )
            }).pipe(Effect.provide(layer(collector.url).pipe(Layer.provideMerge(heard))))
            const arrived = new Set(collector.spans.map(({ spanId }) => spanId)).size
            assert.strictEqual(arrived + (yield* lost("traces")), made)
            const told = lines.filter((line) => line.includes('"telemetry.signal":"traces"'))
            assert.isTrue(told.some((line) => line.startsWith("integration.telemetry.restored")))
            assert.isAtMost(told.length, 6)
            assert.notInclude(lines.join(), "sk_canary")
            assert.notInclude(lines.join(), collector.url)
          }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
        { timeout: 30_000 }
      )
    }

    it.live(
      "a collector that redirects to another place sends nothing there: the span is counted as lost",
      () =>
        Effect.gen(function* () {
          const collector = yield* Collector.make
          const elsewhere = yield* Collector.make
          collector.mode = { status: 307, headers: { location: `${elsewhere.url}/v1/traces` } }
          yield* Effect.gen(function* () {
            yield* Effect.withSpan(Effect.void, "redirected")
            yield* until("an answer", () => collector.attempts > 0)
          }).pipe(Effect.provide(layer(collector.url).pipe(Layer.provideMerge(Logger.layer([])))))
          assert.strictEqual(elsewhere.attempts, 0)
          assert.strictEqual(yield* lost("traces"), 1)
        }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
      { timeout: 30_000 }
    )

    it.live(
      "a collector that refuses loses some of each of 3 signals, and every loss is counted as refused",
      () =>
        Effect.gen(function* () {
          const collector = yield* Collector.make
          collector.mode = { status: 400 }
          const signals = ["traces", "metrics", "logs"] as const
          const refused = Effect.forEach(signals, (signal) => lost(signal, "refused"))
          yield* Effect.gen(function* () {
            let counts: ReadonlyArray<number> = []
            for (let i = 0; i < 400 && !(counts.length > 0 && counts.every((count) => count > 0)); i++) {
              yield* Effect.withSpan(Effect.logInfo("refused"), "refused")
              yield* Effect.sleep("20 millis")
              counts = yield* refused
            }
          }).pipe(Effect.provide(layer(collector.url).pipe(Layer.provideMerge(Logger.layer([])))))
          for (const [at, count] of (yield* refused).entries()) assert.isAbove(count, 0, signals[at])
        }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
      { timeout: 30_000 }
    )

    it.live(
      "a program that made 20,000 spans without a collector keeps a bounded number, counts all, and ends within 2 s",
      () =>
        Effect.gen(function* () {
          const collector = yield* Collector.make
          collector.mode = "hang"
          const quiet = Logger.layer([])
          let from = 0
          yield* Effect.gen(function* () {
            for (let i = 0; i < 20_000; i++) yield* Effect.withSpan(Effect.void, "lost")
            from = performance.now()
          }).pipe(Effect.provide(layer(collector.url).pipe(Layer.provideMerge(quiet))))
          assert.isBelow(performance.now() - from, 2_000)
          assert.strictEqual(yield* lost("traces"), 20_000)
          assert.strictEqual(collector.spans.length, 0)
        }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
      { timeout: 30_000 }
    )
  })
}
