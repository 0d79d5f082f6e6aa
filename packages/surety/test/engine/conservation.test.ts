/** What a run takes it gives back, whatever happens in between: faults, timeouts, hedges, interruptions. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { CircuitBreaker, Hedge, Operation, RateLimit, RetryBudget, TransportFailure } from "surety"
import { Control } from "../../src/engine/Control.ts"
import {
  broken,
  declare,
  declined,
  failures,
  keyed,
  lost,
  quick,
  refused,
  retry,
  Scripted,
  series,
  type Step,
  Throttled,
  Unfunded
} from "./Scripted.ts"

const step: fc.Arbitrary<Step> = fc.record(
  {
    after: fc.constantFrom(0, 40, 250, 400, 999, 1000, 3000),
    fail: fc.constantFrom(
      lost,
      refused,
      broken,
      declined,
      new Unfunded(),
      new Throttled({}),
      new Throttled({ retryAfter: Duration.millis(700) }),
      new Throttled({ retryAfter: Duration.hours(1) }),
      new TransportFailure.ContractViolation({ violation: "decode", acted: "yes" })
    ),
    die: fc.constant("bug"),
    hang: fc.constant("for ever" as const)
  },
  { requiredKeys: [] }
)

const plan = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
  calls: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 1500 }),
      kind: fc.constantFrom("read", "write", "hedged", "detached"),
      interruptAfter: fc.option(fc.integer({ min: 0, max: 3000 }))
    }),
    { minLength: 1, maxLength: 12 }
  ),
  concurrency: fc.integer({ min: 1, max: 3 }),
  queue: fc.integer({ min: 0, max: 3 }),
  burst: fc.integer({ min: 1, max: 5 }),
  trips: fc.boolean(),
  onThrottled: fc.constantFrom("pause", "ignore"),
  budget: fc.constantFrom(RetryBudget.bucket({ capacity: 30 }), RetryBudget.ratio({ floor: 2 }))
})

/** Refills too slowly to hide a token that was not given back. */
const slow = RateLimit.tokenBucket({ limit: 1000, per: "100000 days" })

describe("conservation", () => {
  it(
    "gives every permit, token and payment back and stays within 3 attempts a call, for any mix of 12 calls",
    () =>
      fc.assert(
        fc.asyncProperty(plan, (drawn) =>
          Effect.runPromise(run(drawn).pipe(Effect.scoped, Effect.provide(TestClock.layer())))
        ),
        { numRuns: 400 }
      ),
    60_000
  )
})

const run = ({
  budget,
  burst,
  calls,
  concurrency,
  onThrottled,
  queue,
  steps,
  trips
}: typeof plan extends fc.Arbitrary<infer A> ? A : never) =>
  Effect.gen(function* () {
    const sent = new Map<string, number>()
    const script = new Scripted(...steps)
    const attempt = (request: string, context: Operation.AttemptContext) =>
      Effect.suspend(() => {
        sent.set(request, (sent.get(request) ?? 0) + 1)
        return script.attempt(request, context)
      })
    const common = { timeout: { attempt: "1 second", total: "5 seconds" }, failures, retry, attempt } as const
    const Acme = declare(
      {
        read: Operation.read("read", common),
        hedged: Operation.read("hedged", { ...common, hedge: Hedge.after("100 millis") }),
        detached: Operation.read("detached", { ...common, cancellation: "detached" }),
        write: Operation.mutation("write", { ...common, idempotency: keyed, hedge: Hedge.after("100 millis") })
      },
      {
        concurrency,
        queue,
        rate: { calls: RateLimit.tokenBucket({ limit: 5, per: "1 second", burst }), ledger: slow },
        onThrottled,
        retryBudget: budget,
        breaker: trips ? CircuitBreaker.consecutive({ failures: 2 }) : CircuitBreaker.none("a test without it")
      }
    )
    yield* Effect.gen(function* () {
      const acme = yield* Acme
      const fibers = yield* Effect.forEach(calls, ({ at, interruptAfter, kind }, i) =>
        Effect.forkChild(
          Effect.gen(function* () {
            yield* Effect.sleep(at)
            const call = yield* Effect.forkChild(acme[kind as "read"](`call ${i}`))
            if (interruptAfter === null) return yield* Fiber.await(call)
            yield* Effect.sleep(interruptAfter)
            yield* Fiber.interrupt(call)
            return yield* Fiber.await(call)
          })
        )
      )
      yield* TestClock.adjust("10 seconds")
      for (const fiber of fibers) yield* Fiber.join(fiber)
      // detached work ends by itself, or never
      const control = Control.of(acme)
      const hangs = script.running
      assert.deepStrictEqual([control?.inFlight(), control?.waiting()], [hangs, 0])
      for (const count of sent.values()) assert.isAtMost(count, quick.maxAttempts)
      assert.isAtMost(script.most, concurrency)
      // every token was spent by an attempt or is back
      yield* TestClock.adjust("2 hours")
      assert.strictEqual(yield* series("integration.rate_limit.remaining", { "limit.name": "calls" }), burst)
      const started = yield* series("integration.attempts")
      assert.strictEqual(started, script.log.length)
      const left = (yield* series("integration.rate_limit.remaining", { "limit.name": "ledger" })) ?? 0
      if (onThrottled === "ignore") assert.approximately(left, 1000 - script.log.length, 0.5)
      if (budget._tag === "Ratio") assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
    }).pipe(Effect.provide(Acme.layer))
  })
