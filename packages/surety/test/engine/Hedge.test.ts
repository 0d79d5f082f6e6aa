import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { CircuitBreaker, Hedge, Operation, RateLimit, RetryBudget } from "surety"
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
  type Step,
  steady,
  Throttled,
  timeout
} from "./Scripted.ts"
import * as Duration from "effect/Duration"

const hedged = (...steps: ReadonlyArray<Step>) => {
  const script = new Scripted(...steps)
  const common = {
    timeout,
    failures,
    retry,
    hedge: Hedge.after("200 millis"),
    attempt: script.attempt<string>
  } as const
  return {
    script,
    read: Operation.read("read", common),
    write: Operation.mutation("write", { ...common, idempotency: keyed })
  }
}

const run = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(call))
    yield* TestClock.adjust("5 seconds")
    return yield* yield* Fiber.join(fiber)
  })

describe("Hedge", () => {
  it.effect("sends a second copy after 200 ms, takes the first answer and cancels the loser", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ after: 900, answer: "slow" }, { after: 100, answer: "quick" })
      const Acme = declare({ read })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const { metadata, value } = yield* run(acme.read.detailed("a"))
        assert.strictEqual(value, "quick")
        assert.strictEqual(metadata.attempts, 2)
        assert.strictEqual(metadata.elapsedMillis, 300)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
        assert.strictEqual(yield* series("integration.attempts", { "attempt.type": "hedge" }), 1)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.times, [0, 200])
      assert.deepStrictEqual(script.cut, [1])
    })
  )

  it.effect("sends nothing twice when the first answers within 199 ms", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ after: 199 })
      const Acme = declare({ read })
      yield* Effect.flatMap(Acme, (acme) => run(acme.read("a"))).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(script.log.length, 1)
    })
  )

  it.effect("sends both copies of a mutation under 1 key", () =>
    Effect.gen(function* () {
      const { script, write } = hedged({ after: 900 }, { after: 100 })
      const Acme = declare({ write })
      yield* Effect.flatMap(Acme, (acme) => run(acme.write("a"))).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(script.log.length, 2)
      assert.strictEqual(new Set(script.log.map((sent) => sent.key)).size, 1)
    })
  )

  it.effect("does not cancel what is in flight when the retry budget denies the copy", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ after: 900, answer: "slow" })
      const Acme = declare({ read }, { retryBudget: RetryBudget.ratio({ floor: 0 }) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        assert.strictEqual(yield* run(acme.read("a")), "slow")
        assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual([script.log.length, script.cut.length], [1, 0])
    })
  )

  it.effect("pays nothing for a copy that found no permit, no token or a ramping circuit", () =>
    Effect.gen(function* () {
      const slow: Step = { after: 900 }
      const tokens = { rate: { calls: RateLimit.tokenBucket({ limit: 1, per: "1 hour" }) } }
      for (const limits of [{ concurrency: 1 }, tokens]) {
        const { read, script } = hedged(slow)
        const Acme = declare({ read }, limits)
        yield* Effect.gen(function* () {
          const acme = yield* Acme
          yield* run(acme.read("a"))
          assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
          assert.strictEqual(Control.of(acme)?.inFlight(), 0)
        }).pipe(Effect.provide(Acme.layer))
        assert.strictEqual(script.log.length, 1)
      }
      const { read, script } = hedged({ fail: broken }, slow)
      const breaker = CircuitBreaker.consecutive({
        failures: 1,
        openMin: "1 milli",
        openMax: "1 milli",
        ramp: "1 hour"
      })
      const Acme = declare({ read }, { breaker })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* run(acme.read("probe closes the circuit"))
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
        const before = script.log.length
        yield* run(steady(0)(acme.read("during the ramp")))
        assert.strictEqual(script.log.length, before + 1)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
    })
  )

  it.effect("waits for the other copy when one fails, and a success of either is the result", () =>
    Effect.gen(function* () {
      for (const steps of [
        [
          { after: 300, fail: lost },
          { after: 400, answer: "won" }
        ],
        [
          { after: 600, answer: "won" },
          { after: 100, fail: broken }
        ]
      ] satisfies ReadonlyArray<ReadonlyArray<Step>>) {
        const { read, script } = hedged(...steps)
        const Acme = declare({ read })
        const value = yield* Effect.flatMap(Acme, (acme) => run(acme.read("a"))).pipe(Effect.provide(Acme.layer))
        assert.strictEqual(value, "won")
        assert.deepStrictEqual([script.log.length, script.cut.length], [2, 0])
      }
    })
  )

  it.effect("takes a decline as final at 300 ms and cancels the other copy", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ after: 300, fail: declined }, { hang: "for ever" })
      const Acme = declare({ read })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.flip(acme.read("a")))
        yield* TestClock.adjust("300 millis")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "Declined")
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.cut, [2])
    })
  )

  it.effect("keeps the Retry-After of 2 s that one copy brought when the other then fails without one", () =>
    Effect.gen(function* () {
      const hint = new Throttled({ retryAfter: Duration.seconds(2) })
      const { read, script } = hedged({ after: 300, fail: hint }, { after: 200, fail: lost }, {})
      const Acme = declare({ read })
      yield* Effect.flatMap(Acme, (acme) => run(acme.read("a"))).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual(script.times, [0, 200, 2300])
    })
  )

  it.effect("never makes more than the 3 attempts of the rule, copies included", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ after: 500, fail: broken })
      const Acme = declare({ read })
      const error = yield* Effect.flatMap(Acme, (acme) => Effect.flip(run(acme.read("a")))).pipe(
        Effect.provide(Acme.layer)
      )
      assert.strictEqual(error._tag === "RetriesExhausted" && error.attempts, 3)
      assert.strictEqual(script.log.length, 3)
    })
  )

  it.effect("has 0 permits out when the caller is interrupted with 2 copies in flight", () =>
    Effect.gen(function* () {
      const { read, script } = hedged({ hang: "for ever" })
      const Acme = declare({ read })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust("500 millis")
        assert.strictEqual(Control.of(acme)?.inFlight(), 2)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.cut, [1, 2])
    })
  )
})
