/** What of our own telemetry is lost: counted, and told once for each outage. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { TelemetryLoss } from "surety/telemetry"
import { type Line, logging, told } from "../signals/Booth.ts"

const watched = (run: (loss: TelemetryLoss.TelemetryLoss) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const { layer, lines } = logging()
    const counts = yield* Effect.gen(function* () {
      yield* run(yield* TelemetryLoss.make("traces", TelemetryLoss.exportReasons))
      return yield* told("integration.telemetry.dropped", "signal")
    }).pipe(Effect.provide(layer), Effect.provideService(Metric.MetricRegistry, new Map()))
    return { counts, lines }
  })

const said = (lines: ReadonlyArray<Line>) =>
  lines.map(({ annotations: { "telemetry.signal": signal, ...rest }, level, message }) => [
    level,
    message,
    signal,
    rest
  ])

describe("TelemetryLoss", () => {
  it.effect("tells an outage in 2 lines, whatever it costs, and the second says what that was", () =>
    Effect.gen(function* () {
      const { counts, lines } = yield* watched((loss) =>
        Effect.gen(function* () {
          for (let at = 0; at < 10; at++) {
            loss.failing("unreachable")
            loss.drop("queue_full", 3)
          }
          yield* TestClock.adjust("90 seconds")
          loss.delivered()
        })
      )
      assert.deepStrictEqual(counts, ["reason=queue_full 30"])
      assert.deepStrictEqual(said(lines), [
        ["Warn", "integration.telemetry.outage", "traces", { reason: "unreachable" }],
        ["Warn", "integration.telemetry.restored", "traces", { lost: 30, after_seconds: 90 }]
      ])
    })
  )

  it.effect("tells what an outage has cost that is not over when the program ends, once", () =>
    Effect.gen(function* () {
      const { lines } = yield* watched((loss) =>
        Effect.sync(() => {
          loss.end()
          loss.failing("timeout")
          loss.drop("shutdown", 7)
          loss.end()
          loss.end()
        })
      )
      assert.deepStrictEqual(
        said(lines).map(([level, message, , rest]) => [level, message, rest]),
        [
          ["Warn", "integration.telemetry.outage", { reason: "timeout" }],
          ["Warn", "integration.telemetry.lost", { lost: 7 }]
        ]
      )
    })
  )

  it.effect("tells of a queue that overflows without an outage once a minute", () =>
    Effect.gen(function* () {
      const { counts, lines } = yield* watched((loss) =>
        Effect.gen(function* () {
          for (let at = 0; at < 5; at++) loss.drop("queue_full", 1)
          yield* TestClock.adjust("61 seconds")
          loss.drop("queue_full", 1)
        })
      )
      assert.deepStrictEqual(counts, ["reason=queue_full 6"])
      assert.deepStrictEqual(
        lines.map(({ message }) => message),
        ["integration.telemetry.dropped", "integration.telemetry.dropped"]
      )
    })
  )
})
