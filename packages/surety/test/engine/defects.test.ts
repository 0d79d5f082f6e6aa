/** Defects each of which was real in a widely used library. None may be real here. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, CircuitBreaker, Hedge, Operation, RateLimit, RetryBudget, RetryMatrix, StreamOperation } from "surety"
import { Control } from "../../src/engine/Control.ts"
import {
  broken,
  declare,
  declined,
  failures,
  keyed,
  lost,
  refused,
  retry,
  Scripted,
  series,
  type Step,
  steady,
  Throttled,
  timeout
} from "./Scripted.ts"

const once = { ...retry, ...RetryMatrix.transportNever, Throttled: Backoff.never }
const plain = (...steps: ReadonlyArray<Step>) => {
  const script = new Scripted(...steps)
  const common = { timeout, failures, attempt: script.attempt<string> } as const
  return {
    script,
    read: Operation.read("read", { ...common, retry }),
    single: Operation.read("single", { ...common, retry: once }),
    write: Operation.mutation("write", { ...common, retry, idempotency: keyed })
  }
}
const trips = {
  breaker: CircuitBreaker.consecutive({ failures: 1, openMin: "1 second", openMax: "1 second", ramp: "0 millis" })
}
const settled = <A, E>(call: Effect.Effect<A, E>, wait: Duration.Input = "5 seconds") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(call))
    yield* TestClock.adjust(wait)
    return yield* Fiber.join(fiber)
  })

describe("defect 1: a probe permit is released on success, failure, ignored, abort and defect", () => {
  const ends: ReadonlyArray<readonly [string, Step, "closed" | "open" | "half-open"]> = [
    ["success", {}, "closed"],
    ["failure", { fail: broken }, "open"],
    ["an answer on the merits", { fail: declined }, "closed"],
    ["an ignored throttling", { fail: new Throttled({}) }, "half-open"],
    ["a defect", { die: "bug" }, "half-open"]
  ]
  for (const [name, step, expected] of ends) {
    it.effect(`after ${name} the next probe is admitted within 1 s`, () =>
      Effect.gen(function* () {
        const { script, single } = plain({ fail: refused }, step, {})
        const Acme = declare({ single }, trips)
        yield* Effect.gen(function* () {
          const acme = yield* Acme
          yield* Effect.exit(acme.single("trip"))
          yield* TestClock.adjust("1 second")
          yield* Effect.exit(acme.single("probe"))
          assert.strictEqual(Control.of(acme)?.circuit(), expected)
          yield* TestClock.adjust("1 second")
          assert.strictEqual(yield* acme.single("next"), "done")
        }).pipe(Effect.provide(Acme.layer))
        assert.strictEqual(script.log.length, 3)
      })
    )
  }

  it.effect("after an abort and after a timeout, too", () =>
    Effect.gen(function* () {
      const { single } = plain({ fail: refused }, { hang: "for ever" }, { hang: "for ever" }, {})
      const Acme = declare({ single }, trips)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* Effect.exit(acme.single("trip"))
        yield* TestClock.adjust("1 second")
        const probe = yield* Effect.forkChild(acme.single("aborted"))
        yield* TestClock.adjust(0)
        yield* Fiber.interrupt(probe)
        yield* settled(acme.single("timed out"), "1 second")
        assert.strictEqual(Control.of(acme)?.circuit(), "open")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* acme.single("next"), "done")
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("defect 2: a result from an older generation never moves the breaker", () => {
  it.effect("a failure and a success from before the trip leave the half-open circuit alone", () =>
    Effect.gen(function* () {
      const { single } = plain({ after: 900, fail: broken }, { after: 900 }, { fail: refused }, { after: 500 })
      const breaker = CircuitBreaker.consecutive({ failures: 1, openMin: "500 millis", openMax: "500 millis" })
      const Acme = declare({ single }, { breaker })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const stale = yield* Effect.forEach(["fails", "succeeds"], (name) =>
          Effect.forkChild(Effect.exit(acme.single(name)))
        )
        yield* TestClock.adjust(0)
        yield* Effect.exit(acme.single("trip"))
        yield* TestClock.adjust("500 millis")
        const probe = yield* Effect.forkChild(acme.single("probe"))
        yield* TestClock.adjust("400 millis")
        yield* Effect.forEach(stale, Fiber.join)
        assert.strictEqual(Control.of(acme)?.circuit(), "half-open")
        yield* TestClock.adjust("100 millis")
        yield* Fiber.join(probe)
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
      }).pipe(Effect.provide(Acme.layer), steady(0.9))
    })
  )
})

describe("defect 3: a local refusal or a caller's abort never counts as the provider's failure", () => {
  it.effect("100 full bulkheads, 100 empty buckets and 100 aborts leave the circuit closed", () =>
    Effect.gen(function* () {
      const { single } = plain({ hang: "for ever" })
      const Acme = declare(
        { single },
        { ...trips, concurrency: 1, queue: 0, rate: { calls: RateLimit.tokenBucket({ limit: 101, per: "1 day" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let i = 0; i < 101; i++) {
          const call = yield* Effect.forkChild(acme.single("holds the permit"))
          yield* TestClock.adjust(0)
          yield* Effect.exit(acme.single("no permit"))
          yield* Fiber.interrupt(call)
        }
        for (let i = 0; i < 100; i++) {
          const error = yield* Effect.flip(acme.single("no token"))
          assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "RateLimitSaturated")
        }
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
        assert.strictEqual(yield* series("integration.circuit_breaker.transitions"), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("defect 4: an idle gap clears every stale bucket", () => {
  it.effect("14 retries, an hour of silence: the ratio budget starts from its floor of 2 again", () =>
    Effect.gen(function* () {
      const { read, script } = plain({ fail: broken })
      const Acme = declare(
        { read },
        { breaker: CircuitBreaker.none("a test without it"), retryBudget: RetryBudget.ratio({ floor: 2 }) }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* settled(acme.read("a"))
        yield* settled(acme.read("b"))
        assert.strictEqual(script.log.length, 4)
        yield* TestClock.adjust("1 hour")
        yield* settled(acme.read("c"))
        assert.strictEqual(script.log.length, 7)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("defect 5: an abort settles at once, with no further call", () => {
  it.effect("in backoff, in the queue and at the limiter: 0 ms later it is over, and nothing is sent", () =>
    Effect.gen(function* () {
      const { read, script } = plain({ fail: new Throttled({ retryAfter: Duration.seconds(4) }) }, { hang: "for ever" })
      const Acme = declare(
        { read },
        {
          concurrency: 1,
          onThrottled: "ignore",
          rate: { calls: RateLimit.tokenBucket({ limit: 3, per: "9 seconds" }) }
        }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fibers = []
        for (const where of ["backoff", "flight", "queue", "limiter"]) {
          fibers.push(
            yield* Effect.forkChild(Effect.exit(acme.read(where)).pipe(Effect.onInterrupt(() => Effect.void)))
          )
          yield* TestClock.adjust(0)
        }
        yield* Fiber.interruptAll(fibers.toReversed())
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual([Control.of(acme)?.inFlight(), Control.of(acme)?.waiting()], [0, 0])
        assert.strictEqual(yield* series("integration.operation.duration", { "integration.outcome": "cancelled" }), 4)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.times, [0, 0])
    })
  )
})

describe("defect 6: Retry-After is never undercut and never slept past the deadline", () => {
  it.effect("4,999 ms are waited for, 5,000 ms are refused at once", () =>
    Effect.gen(function* () {
      for (const [millis, sent] of [
        [4999, [0, 4999]],
        [5000, [0]]
      ] satisfies ReadonlyArray<readonly [number, Array<number>]>) {
        const { read, script } = plain({ fail: new Throttled({ retryAfter: Duration.millis(millis) }) }, {})
        const Acme = declare({ read })
        const start = yield* Effect.map(
          Effect.clockWith((clock) => clock.currentTimeMillis),
          (now) => now
        )
        yield* Effect.flatMap(Acme, (acme) => settled(acme.read("a"), "10 seconds")).pipe(
          Effect.provide(Acme.layer),
          steady(0)
        )
        assert.deepStrictEqual(
          script.times.map((at) => at - start),
          sent
        )
      }
    })
  )

  it.effect("an endless Retry-After stops the call and its message can be read", () =>
    Effect.gen(function* () {
      const { read } = plain({ fail: new Throttled({ retryAfter: Duration.infinity }) })
      const Acme = declare({ read })
      const error = yield* Effect.flatMap(Acme, (acme) => Effect.flip(acme.read("a"))).pipe(Effect.provide(Acme.layer))
      assert.include(error.message, "beyond the deadline")
      assert.include(error.message, "+275760-09-13")
    })
  )
})

describe("defect 7: backoff saturates", () => {
  it("stays finite and within [0, cap] up to attempt 5,000, for every jitter and the smallest base", () => {
    for (const jitter of ["full", "equal", "decorrelated"] as const) {
      const rule = Backoff.exponential({ base: "1 nanos", cap: "20 seconds", maxAttempts: 20, jitter })
      let previousMillis = 0
      for (let attempt = 1; attempt <= 5000; attempt++) {
        previousMillis = Backoff.delayMillis(rule, { retry: attempt, random: 0.999999, previousMillis })
        assert.isTrue(previousMillis >= 0 && previousMillis <= 20_000, `${jitter} ${attempt}: ${previousMillis}`)
      }
    }
  })

  it("refuses a base that is no time at all", () => {
    assert.throws(
      () => Backoff.exponential({ base: 1e-30, cap: 1, maxAttempts: 3, jitter: "full" }),
      /longer than zero/
    )
  })
})

describe("defect 8: a budget denial keeps the original error", () => {
  it.effect("says ConnectionLost, 2 attempts, stopped by the retry budget", () =>
    Effect.gen(function* () {
      const { read } = plain({ fail: lost })
      const Acme = declare({ read }, { retryBudget: RetryBudget.bucket({ capacity: 27 }) })
      const exit = yield* Effect.flatMap(Acme, (acme) => settled(Effect.flip(acme.read("a")))).pipe(
        Effect.provide(Acme.layer)
      )
      const error = yield* exit
      if (error._tag !== "RetriesExhausted") return assert.fail(error._tag)
      assert.strictEqual(error.reason, lost)
      assert.deepStrictEqual([error.attempts, error.stopped], [2, "retry-budget"])
    })
  )
})

describe("defect 9: the budget is installed and refills after the recovery", () => {
  it.effect("allows 2 retries of 28 tokens in an outage, and again after 28 good calls", () =>
    Effect.gen(function* () {
      const bad = Array<Step>(3).fill({ fail: broken })
      const { read, script } = plain(...bad, { fail: broken }, ...Array<Step>(28).fill({}), ...bad)
      const Acme = declare(
        { read },
        { retryBudget: RetryBudget.bucket({ capacity: 28 }), breaker: CircuitBreaker.none("a test without it") }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* settled(acme.read("3 attempts"))
        yield* settled(acme.read("1 attempt"))
        assert.strictEqual(script.log.length, 4)
        for (let i = 0; i < 28; i++) yield* acme.read("good")
        yield* settled(acme.read("3 attempts again"))
        assert.strictEqual(script.log.length, 35)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("pays nothing for a retry that the open circuit then refuses", () =>
    Effect.gen(function* () {
      const { read, script } = plain({ fail: broken })
      const Acme = declare({ read }, trips)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const exit = yield* settled(acme.read("a"))
        assert.isTrue(Exit.isFailure(exit))
        assert.strictEqual(script.log.length, 1)
        assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
    })
  )
})

describe("defect 10: a hedge that the budget denies does not cancel what is in flight", () => {
  it.effect("answers at 900 ms from the only copy", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 900, answer: "only" })
      const read = Operation.read("read", {
        timeout,
        failures,
        retry,
        hedge: Hedge.after("100 millis"),
        attempt: script.attempt<string>
      })
      const Acme = declare({ read }, { retryBudget: RetryBudget.ratio({ floor: 0 }) })
      const exit = yield* Effect.flatMap(Acme, (acme) => settled(acme.read("a"))).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(exit, Exit.succeed("only"))
      assert.deepStrictEqual([script.log.length, script.cut.length], [1, 0])
    })
  )
})

describe("defect 11: maxAttempts 1 is one call, 0 does not exist", () => {
  it.effect("makes 1 call", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: broken })
      const one = Backoff.exponential({ base: "1 milli", cap: "1 milli", maxAttempts: 1, jitter: "full" })
      const read = Operation.read("read", {
        timeout,
        failures,
        retry: { ...once, ...RetryMatrix.transport(one) },
        attempt: script.attempt<string>
      })
      const Acme = declare({ read })
      const error = yield* Effect.flatMap(Acme, (acme) => Effect.flip(acme.read("a"))).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(error._tag === "RetriesExhausted" && error.stopped, "attempts")
      assert.strictEqual(script.log.length, 1)
      assert.throws(() => Backoff.exponential({ base: 1, cap: 1, maxAttempts: 0, jitter: "full" }), /maxAttempts/)
    })
  )
})

describe("defect 12: a response body stays readable after the guards have let go of the call", () => {
  it.effect("reads all 3 elements of a stream long after the attempt timeout and the total deadline", () =>
    Effect.gen(function* () {
      const open = StreamOperation.read("open", {
        timeout,
        failures,
        retry,
        idle: "3 seconds",
        attempt: (_: string) =>
          Stream.make(1, 2, 3).pipe(Stream.mapEffect((n) => Effect.delay(Effect.succeed(n), n === 1 ? 0 : 2900)))
      })
      const Acme = declare({ open })
      const exit = yield* Effect.flatMap(Acme, (acme) =>
        settled(Effect.flatMap(acme.open("a"), Stream.runCollect), "10 seconds")
      ).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(exit, Exit.succeed([1, 2, 3]))
    })
  )
})

describe("defect 13: a retry replays the request, byte for byte", () => {
  it.effect("hands the same value to all 3 attempts: a request is a value, never a stream that is used up", () =>
    Effect.gen(function* () {
      const { script, write } = plain({ fail: lost }, { fail: lost }, {})
      const Acme = declare({ write })
      yield* Effect.flatMap(Acme, (acme) => settled(acme.write("the whole request"))).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(
        script.log.map((sent) => sent.request),
        Array(3).fill("the whole request")
      )
    })
  )
})

describe("trap: two clocks, one for an attempt and one for all", () => {
  it.effect("3 calls at 1 a second all succeed: the wait at the limiter is not paid from the attempt's 500 ms", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 400 })
      const read = Operation.read("read", {
        timeout: { attempt: "500 millis", total: "5 seconds" },
        failures,
        retry: once,
        attempt: script.attempt<string>
      })
      const Acme = declare({ read }, { rate: { calls: RateLimit.tokenBucket({ limit: 1, per: "1 second" }) } })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fibers = yield* Effect.forEach(["a", "b", "c"], (name) => Effect.forkChild(acme.read(name)))
        yield* TestClock.adjust("5 seconds")
        yield* Effect.forEach(fibers, Fiber.join)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.times, [0, 1000, 2000])
    })
  )
})

describe("trap: an open circuit burns no token", () => {
  it.effect("has 9 of 10 tokens left after 1 call and 50 refusals", () =>
    Effect.gen(function* () {
      const { single } = plain({ fail: refused })
      const Acme = declare(
        { single },
        { ...trips, rate: { calls: RateLimit.tokenBucket({ limit: 10, per: "1 day" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let i = 0; i < 51; i++) yield* Effect.exit(acme.single("a"))
        assert.approximately((yield* series("integration.rate_limit.remaining")) ?? 0, 9, 0.01)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("trap: timeouts count for the breaker, a half-open probe lasts one attempt", () => {
  it.effect("opens after 1 attempt timeout although the caller sees a retry", () =>
    Effect.gen(function* () {
      const { read } = plain({ hang: "for ever" })
      const Acme = declare({ read }, trips)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const exit = yield* settled(acme.read("a"), "1050 millis")
        assert.strictEqual(Control.of(acme)?.circuit(), "open")
        assert.isTrue(Exit.isFailure(exit))
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
    })
  )
})

describe("trap: a user function that throws ends one call and harms no other", () => {
  it.effect("a cost of NaN is a defect of that call; the bucket still has its 10 tokens", () =>
    Effect.gen(function* () {
      const script = new Scripted({})
      const read = Operation.read("read", {
        timeout,
        failures,
        retry,
        cost: { calls: (request: string) => Number(request) },
        attempt: script.attempt<string>
      })
      const Acme = declare({ read }, { rate: { calls: RateLimit.tokenBucket({ limit: 10, per: "1 day" }) } })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const exit = yield* Effect.exit(acme.read("not a number"))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.approximately((yield* series("integration.rate_limit.remaining")) ?? 0, 10, 0.01)
        assert.strictEqual(yield* acme.read("3"), "done")
        assert.approximately((yield* series("integration.rate_limit.remaining")) ?? 0, 7, 0.01)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("an attempt that throws before it returns an effect is a defect, and its permit is back", () =>
    Effect.gen(function* () {
      const read = Operation.read("read", {
        timeout,
        failures,
        retry,
        attempt: (_: string): Effect.Effect<string> => {
          throw new Error("bug")
        }
      })
      const Acme = declare({ read })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const exit = yield* Effect.exit(acme.read("a"))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("trap: the stack", () => {
  it.live("1,000 callers of 1 permit make 10,000 calls that end at once, without a deep stack", () =>
    Effect.gen(function* () {
      let deepest = 0
      const read = Operation.read("read", {
        timeout: { attempt: "10 seconds", total: "2000 seconds" },
        failures,
        retry: once,
        attempt: (_: string) =>
          Effect.sync(() => {
            const limit = Error.stackTraceLimit
            Error.stackTraceLimit = 2000
            if (Math.random() < 0.01) deepest = Math.max(deepest, new Error().stack?.split("\n").length ?? 0)
            Error.stackTraceLimit = limit
            return "done"
          })
      })
      const Acme = declare({ read }, { concurrency: 1, queue: 1000 })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* Effect.forEach(
          Array.from({ length: 1000 }, (_, i) => i),
          () => Effect.repeat(Effect.andThen(Effect.yieldNow, acme.read("a")), { times: 9 }),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual([Control.of(acme)?.inFlight(), Control.of(acme)?.waiting()], [0, 0])
      }).pipe(Effect.provide(Acme.layer))
      assert.isBelow(deepest, 200)
    })
  )
})
