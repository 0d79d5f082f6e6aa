// The time that a probe took, and the time that telemetry has at the end of a program, are counted on the monotonic clock.
//
// Both were differences of the wall clock: a clock that was set back by an hour made a probe of -3,600 seconds, a sum that falls
// and that Prometheus takes for a restart, and gave the last delivery an hour.
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { OtlpRelay, Probe } from "surety/telemetry"
import { FakeExchange, FakeServer } from "surety/testing"
import { Booth, layerOf } from "../../packages/surety/test/signals/Booth.ts"
import { steady } from "../../packages/surety/test/engine/Scripted.ts"

/** The clock of the test, whose wall can be set by hand. */
const settable = Effect.map(Clock.Clock, (inner) => {
  let set = 0
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => inner.currentTimeMillisUnsafe() + set,
    currentTimeMillis: Effect.suspend(() => Effect.map(inner.currentTimeMillis, (now) => now + set)),
    currentTimeNanosUnsafe: () => inner.currentTimeNanosUnsafe() + BigInt(set) * 1_000_000n,
    currentTimeNanos: Effect.suspend(() => Effect.map(inner.currentTimeNanos, (now) => now + BigInt(set) * 1_000_000n)),
    monotonicTimeNanosUnsafe: () => inner.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: inner.monotonicTimeNanos,
    sleep: (duration) => inner.sleep(duration)
  }
  return { clock, back: (millis: number) => void (set -= millis) }
})

describe("a wall clock that is set back by an hour", () => {
  it.effect("makes no probe of less than no time", () =>
    Effect.gen(function* () {
      const { back, clock } = yield* settable
      const server = FakeServer.make({
        handle: () => {
          back(3_600_000)
          return FakeExchange.json(200, { id: "a" })
        }
      })
      const probe = Probe.layer(Booth, { operation: "plain", request: undefined, every: "1 minute" })
      const sum = yield* Effect.gen(function* () {
        yield* TestClock.adjust("1 minute")
        const probes = (yield* Metric.snapshot).filter(({ id }) => id === "integration.probe.duration")
        const states = probes.map(({ state }) => state as Metric.HistogramState)
        assert.strictEqual(
          states.reduce((all, { count }) => all + count, 0),
          1
        )
        return states.reduce((all, { sum }) => all + sum, 0)
      }).pipe(
        Effect.provide(Layer.provideMerge(Layer.provide(probe, Layer.succeed(Clock.Clock, clock)), layerOf(server))),
        steady(0.5),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
      assert.isAtLeast(sum, 0)
    })
  )

  it.effect("gives a collector that does not answer 3 deliveries in the 3 seconds of the end, of 10 that wait", () =>
    Effect.gen(function* () {
      const { back, clock } = yield* settable
      let asked = 0
      const dead = HttpClient.make(() =>
        Effect.suspend(() => {
          asked++
          back(3_600_000)
          return Effect.never
        })
      )
      const bounds = { maxQueueBytes: 1_000, attemptMillis: 1_000, shutdownMillis: 3_000 }
      const relay = yield* OtlpRelay.make(dead, bounds).pipe(Effect.provideService(Clock.Clock, clock))
      const request = HttpClientRequest.post("http://collector.example:4318/v1/traces")
      for (let at = 0; at < 10; at++) {
        yield* Effect.forkChild(relay.offer({ kind: "traces", request, items: 1, bytes: 1 }))
      }
      yield* relay.close
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(asked, 3)
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
