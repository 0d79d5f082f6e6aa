/** What a queue in front of a provider tells operators. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { PersistedQueue } from "effect/persistence"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Refusal } from "surety"
import { NotAttempted } from "surety/CallError"
import * as WatchedQueue from "surety/durable/WatchedQueue"
import { QueueSignals } from "surety/telemetry"
import { TelemetryContract } from "surety/testing"
import { Booth, logging, told } from "../signals/Booth.ts"

const own = { provider: "acme", queue: "orders" }
const messages = told("integration.queue.messages", "queue")
const age = Effect.map(Metric.snapshot, (all) =>
  all.flatMap(({ id, state }) =>
    id === "integration.queue.oldest.age" && "value" in state ? [Number(state.value)] : []
  )
)
const isolated = Effect.provideService(Metric.MetricRegistry, new Map())

describe("QueueSignals", () => {
  it.effect("promises 10 series at 0, spelled in 3 ways, and is missed when nobody makes it", () =>
    Effect.gen(function* () {
      const app = Layer.effectDiscard(QueueSignals.make({ provider: Booth, queue: "orders" }))
      const queues = { "tests/Booth": ["orders"] }
      for (const profile of ["effect", "otel-sdk", "otlp"] as const) {
        const { series } = yield* TelemetryContract.check(app, { contracts: [], queues, profile })
        assert.isAtLeast(series, 10)
      }
      const { gaps } = yield* Effect.flip(TelemetryContract.check(Layer.empty, { contracts: [], queues }))
      assert.strictEqual(gaps.length, 10)
    })
  )

  it.effect("counts 5 outcomes, and takes its series away with its scope", () =>
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const orders = yield* QueueSignals.make(own)
          yield* Effect.all([orders.enqueued, orders.enqueued, orders.completed, orders.retried, orders.deduplicated])
          yield* orders.deadLettered()
          assert.deepStrictEqual(yield* messages, [
            "outcome=completed 1",
            "outcome=dead_lettered 1",
            "outcome=deduplicated 1",
            "outcome=enqueued 2",
            "outcome=retried 1"
          ])
        })
      )
      assert.deepStrictEqual(yield* Metric.snapshot, [])
    }).pipe(isolated)
  )

  it.effect(
    "integration.queue.dead_lettered: an error with the id of the item, once a minute with how many there were",
    () =>
      Effect.gen(function* () {
        const { layer, lines } = logging()
        yield* Effect.gen(function* () {
          const orders = yield* QueueSignals.make(own)
          const lost = orders.deadLettered({ id: "order-1", attempts: 10, type: "Declined" })
          yield* Effect.replicateEffect(lost, 5)
          yield* TestClock.adjust("1 minute")
          yield* lost
          assert.deepStrictEqual(yield* messages, ["outcome=dead_lettered 6"])
        }).pipe(Effect.scoped, Effect.provide(layer), isolated)
        const annotations = {
          "integration.provider.name": "acme",
          queue: "orders",
          "messaging.message.id": "order-1",
          attempts: 10,
          "error.type": "Declined"
        }
        assert.deepStrictEqual(
          lines,
          [1, 5].map((items) => ({
            level: "Error",
            message: "integration.queue.dead_lettered",
            annotations: { ...annotations, items }
          }))
        )
      })
  )

  it.effect("says how old the oldest item is between 2 readings", () =>
    Effect.gen(function* () {
      const orders = yield* QueueSignals.make(own)
      assert.deepStrictEqual(yield* age, [0])
      yield* TestClock.adjust("10 seconds")
      yield* orders.observe({ ready: 3, inFlight: 1, oldestAt: 4_000 })
      assert.deepStrictEqual(yield* age, [6])
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(yield* age, [26])
      assert.deepStrictEqual(yield* told("integration.queue.depth", "queue"), ["state=in_flight 1", "state=ready 3"])
      yield* orders.observe({ ready: 0 })
      assert.deepStrictEqual(yield* age, [0])
      assert.deepStrictEqual(yield* told("integration.queue.depth", "queue"), ["state=in_flight 1"])
    }).pipe(Effect.scoped, isolated)
  )

  it.effect("is as old as its last good reading while it cannot be read, and says so once for each outage", () =>
    Effect.gen(function* () {
      const { layer, lines } = logging()
      let [reads, mode] = [0, "well" as "well" | "fails" | "hangs"]
      const read = Effect.suspend((): Effect.Effect<QueueSignals.Reading, Error> => {
        reads++
        return mode === "well"
          ? Effect.succeed({})
          : mode === "hangs"
            ? Effect.never
            : Effect.fail(new Error("sk_live"))
      })
      yield* Effect.gen(function* () {
        yield* QueueSignals.make({ ...own, poll: { read, every: "10 seconds" } })
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([reads, yield* age], [1, [0]])
        mode = "fails"
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual([reads, yield* age], [7, [61]])
        mode = "well"
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* age, [0])
        mode = "hangs"
        yield* TestClock.adjust("40 seconds")
        assert.isAbove((yield* age)[0] ?? 0, 19)
      }).pipe(Effect.scoped, Effect.provide(layer), isolated)
      assert.deepStrictEqual(
        lines.map(({ level, message }) => `${level} ${message}`),
        ["Warn integration.queue.unread", "Warn integration.queue.unread"]
      )
      assert.notInclude(JSON.stringify(lines), "sk_live")
    })
  )
})

describe("WatchedQueue", () => {
  const queueOf = <S extends Schema.Constraint>(schema: S) =>
    WatchedQueue.make({ provider: "acme", name: "orders", schema, maxAttempts: 2 })
  const watched = <A, E>(run: Effect.Effect<A, E, PersistedQueue.PersistedQueueStore | Scope.Scope>) =>
    Effect.gen(function* () {
      const { layer, lines } = logging()
      yield* run.pipe(Effect.scoped, Effect.provide([PersistedQueue.layerStoreMemory, layer]), isolated)
      return lines
    })

  it.effect("counts an item that is retried and then completed", () =>
    watched(
      Effect.gen(function* () {
        const orders = yield* queueOf(Schema.String)
        yield* orders.offer("a")
        yield* Effect.exit(orders.take(() => Effect.fail("once")))
        const again = yield* Effect.forkChild(orders.take((_, { attempts }) => Effect.succeed(attempts)))
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(yield* Fiber.join(again), 2)
        assert.deepStrictEqual(yield* messages, ["outcome=completed 1", "outcome=enqueued 1", "outcome=retried 1"])
      })
    )
  )

  it.effect("counts nothing when the worker is interrupted: the item is there again with all its attempts", () =>
    watched(
      Effect.gen(function* () {
        const orders = yield* queueOf(Schema.String)
        yield* orders.offer("a")
        const worker = yield* Effect.forkChild(orders.take(() => Effect.never))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(worker)
        assert.strictEqual(yield* orders.take((_, { attempts }) => Effect.succeed(attempts)), 1)
        assert.deepStrictEqual(yield* messages, ["outcome=completed 1", "outcome=enqueued 1"])
      })
    )
  )

  it.effect("says why it gave an item up in the words of the call that it was for", () =>
    Effect.gen(function* () {
      const reason = new Refusal.CircuitOpen({ retryAfterMillis: 5, isolated: false })
      const lines = yield* watched(
        Effect.gen(function* () {
          const orders = yield* queueOf(Schema.String)
          yield* orders.offer("a", { id: "order-1" })
          for (let attempt = 1; attempt <= 2; attempt++) {
            const fail = Effect.fail(new NotAttempted({ operation: "acme.pay", reason }))
            const worker = yield* Effect.forkChild(Effect.exit(orders.take(() => fail)))
            yield* TestClock.adjust("5 minutes")
            yield* Fiber.join(worker)
          }
          assert.deepStrictEqual(yield* messages, [
            "outcome=dead_lettered 1",
            "outcome=enqueued 1",
            "outcome=retried 1"
          ])
        })
      )
      assert.deepStrictEqual(
        lines.map(({ annotations, message }) => [message, annotations["error.type"], annotations["attempts"]]),
        [["integration.queue.dead_lettered", "circuit_open", 2]]
      )
    })
  )

  it.effect("sees the item that does not decode, which the queue gives up by itself", () =>
    Effect.gen(function* () {
      const lines = yield* watched(
        Effect.gen(function* () {
          const before = yield* queueOf(Schema.String)
          yield* before.offer("CANARY")
          const after = yield* queueOf(Schema.Struct({ amount: Schema.Int }))
          const worker = yield* Effect.forkChild(after.take(() => Effect.void))
          yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(worker)
          assert.deepStrictEqual((yield* messages).includes("outcome=dead_lettered 1"), true)
        })
      )
      assert.deepStrictEqual(
        lines.map(({ annotations }) => annotations["error.type"]),
        ["decode"]
      )
      assert.notInclude(JSON.stringify(lines), "CANARY")
    })
  )
})
