import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, CircuitBreaker, Idempotency, Operation, RateLimit, RetryMatrix, TransportFailure } from "surety"
import { Control } from "../../src/engine/Control.ts"
import {
  broken,
  declare,
  declined,
  failures,
  lost,
  quick,
  refused,
  retry,
  Scripted,
  series,
  steady,
  Throttled,
  timeout,
  Unfunded
} from "./Scripted.ts"

const throttled = (millis: number) => new Throttled({ retryAfter: Duration.millis(millis) })
const base = { timeout, failures, retry }
const write = (script: Scripted) =>
  Operation.mutation("write", {
    ...base,
    idempotency: Idempotency.key({
      header: "Idempotency-Key",
      source: "generated",
      retainedFor: "1 day"
    }),
    attempt: script.attempt<string>
  })
const read = (script: Scripted) => Operation.read("read", { ...base, attempt: script.attempt<string> })

describe("invariant 1: one key per logical call, the same on every attempt and on redelivery", () => {
  it.effect("sends the caller's key on all 3 attempts, and again when the call is made again", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost }, { fail: broken }, {})
      const Acme = declare({ write: write(script) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let time = 0; time < 2; time++) {
          const call = yield* Effect.forkChild(acme.write("a", { idempotencyKey: "order-1" }))
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(call)
        }
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(
        script.log.map((sent) => sent.key),
        ["order-1", "order-1", "order-1", "order-1"]
      )
    })
  )

  it.effect(
    "sends the same key after a restart: 2 layers, built one after the other, make 3 attempts under order-1",
    () =>
      Effect.gen(function* () {
        const script = new Scripted({ fail: lost }, { hang: "for ever" }, {})
        const Acme = declare({ write: write(script) })
        const process = (options: { readonly keyFirstUsedAt?: number }) =>
          Effect.gen(function* () {
            const acme = yield* Acme
            return yield* acme.write("a", { idempotencyKey: "order-1", ...options })
          }).pipe(Effect.provide(Layer.fresh(Acme.layer)))
        // the first process dies while its second attempt is on the way
        const first = yield* Effect.forkChild(process({}))
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(first)
        assert.strictEqual(yield* process({ keyFirstUsedAt: 0 }), "done")
        assert.deepStrictEqual(
          script.log.map((sent) => sent.key),
          ["order-1", "order-1", "order-1"]
        )
      })
  )

  it.effect("makes 1 key for 3 attempts and another for the next call when the caller gives none", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost }, { fail: lost }, {})
      const Acme = declare({ write: write(script) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(acme.write("a"))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(call)
        yield* acme.write("b")
      }).pipe(Effect.provide(Acme.layer))
      const keys = script.log.map((sent) => sent.key)
      assert.strictEqual(new Set(keys.slice(0, 3)).size, 1)
      assert.notStrictEqual(keys[0], keys[3])
      assert.match(keys[0] ?? "", /^[0-9a-f-]{36}$/)
    })
  )
})

describe("invariant 2: the attempt timeout covers the whole work of an attempt", () => {
  it.effect("ends an attempt that takes 1,001 ms at 1,000 ms and tries again", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 1001 }, { after: 999, answer: "second" })
      const Acme = declare({ read: read(script) })
      const result = yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust("5 seconds")
        return yield* Fiber.join(call)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.strictEqual(result, "second")
      assert.deepStrictEqual(script.times, [0, 1050])
      assert.deepStrictEqual(script.cut, [1])
    })
  )
})

describe("invariant 3: nothing waits past the total deadline", () => {
  it.effect("starts no attempt after 5,000 ms and ends there", () =>
    Effect.gen(function* () {
      const script = new Scripted({ hang: "for ever" })
      const slow = Backoff.exponential({ base: "1 milli", cap: "1 milli", maxAttempts: 5, jitter: "full" })
      const Acme = declare({
        read: Operation.read("read", {
          timeout: { attempt: "900 millis", total: "5 seconds" },
          failures,
          retry: { ...RetryMatrix.transport(slow), Declined: Backoff.never, Unfunded: Backoff.never, Throttled: slow },
          attempt: script.attempt<string>
        })
      })
      const error = yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(Effect.flip(acme.read("a")))
        yield* TestClock.adjust("5 seconds")
        return yield* Fiber.join(call)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.strictEqual(error._tag, "RetriesExhausted")
      assert.isTrue(script.times.every((at) => at < 5000))
    })
  )

  it.effect("never undercuts Retry-After: 2 s after a wait of 2,000 ms, not after 50", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: throttled(2000) }, {})
      const Acme = declare({ read: read(script) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust("1999 millis")
        assert.strictEqual(script.log.length, 1)
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(call)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual(script.times, [0, 2000])
    })
  )

  it.effect("refuses a wait of 86,400 s at once and names the time", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: throttled(86_400_000) })
      const Acme = declare({ read: read(script) })
      const error = yield* Effect.flatMap(Acme, (acme) => Effect.flip(acme.read("a"))).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(error._tag, "RetriesExhausted")
      if (error._tag !== "RetriesExhausted") return
      assert.strictEqual(error.stopped, "server-wait")
      assert.strictEqual(error.retryAt, 86_400_000)
      assert.strictEqual(error.elapsedMillis, 0)
    })
  )

  it.effect("refuses at 0 ms a bucket that has no tokens for 10 s, and says nothing was sent", () =>
    Effect.gen(function* () {
      const script = new Scripted({})
      const Acme = declare(
        { read: read(script) },
        { rate: { requests: RateLimit.tokenBucket({ limit: 1, per: "10 seconds" }) } }
      )
      const error = yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* acme.read("a")
        return yield* Effect.flip(acme.read("b"))
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(error._tag, "NotAttempted")
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "RateLimitSaturated")
      assert.strictEqual(script.log.length, 1)
    })
  )

  it.effect("leaves the queue at 5,000 ms with nothing sent, and a full queue refuses at once", () =>
    Effect.gen(function* () {
      const script = new Scripted({ hang: "for ever" })
      const Acme = declare(
        { read: Operation.read("read", { ...base, cancellation: "detached", attempt: script.attempt<string> }) },
        { concurrency: 1, queue: 1 }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const first = yield* Effect.forkChild(Effect.flip(acme.read("a")))
        const second = yield* Effect.forkChild(Effect.flip(acme.read("b")))
        yield* TestClock.adjust(0)
        const third = yield* Effect.flip(acme.read("c"))
        assert.strictEqual(third._tag === "NotAttempted" && third.reason._tag, "BulkheadFull")
        yield* TestClock.adjust("5 seconds")
        const error = yield* Fiber.join(second)
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "BudgetExhausted")
        yield* Fiber.interrupt(first)
        assert.strictEqual(Control.of(acme)?.waiting(), 0)
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(script.log.length, 1)
    })
  )
})

describe("invariant 4: a permit is never held during backoff and never leaks", () => {
  it.effect("lets another call use the only permit while the first waits 50 ms", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost }, {}, {})
      const Acme = declare({ read: read(script) }, { concurrency: 1 })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const first = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust(10)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
        yield* acme.read("b")
        yield* TestClock.adjust(100)
        yield* Fiber.join(first)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual(
        script.log.map((sent) => [sent.atMillis, sent.request]),
        [
          [0, "a"],
          [10, "b"],
          [50, "a"]
        ]
      )
    })
  )

  it.effect("has 0 permits out after an interruption in flight, in the queue and in backoff", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost }, { hang: "for ever" })
      const Acme = declare(
        { read: read(script) },
        { concurrency: 1, rate: { requests: RateLimit.tokenBucket({ limit: 10, per: "1000 seconds" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const control = Control.of(acme)
        const waits = yield* Effect.forkChild(acme.read("backoff"))
        yield* TestClock.adjust(1)
        const runs = yield* Effect.forkChild(acme.read("flight"))
        yield* TestClock.adjust(1)
        const queues = yield* Effect.forkChild(acme.read("queue"))
        yield* TestClock.adjust(1)
        assert.deepStrictEqual([control?.inFlight(), control?.waiting()], [1, 1])
        yield* Fiber.interrupt(queues)
        yield* Fiber.interrupt(waits)
        yield* Fiber.interrupt(runs)
        assert.deepStrictEqual([control?.inFlight(), control?.waiting()], [0, 0])
        const left = yield* series("integration.rate_limit.remaining")
        assert.approximately(left ?? 0, 8, 0.01)
        assert.strictEqual(yield* series("integration.retry.budget.available"), 1)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual(script.cut, [1])
    })
  )

  it.effect("keeps the permit of a detached attempt until the work has ended at 3,000 ms", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 3000 })
      const Acme = declare(
        {
          read: Operation.read("read", {
            ...base,
            retry: { ...retry, AttemptTimeout: Backoff.never },
            cancellation: "detached",
            attempt: script.attempt<string>
          })
        },
        { concurrency: 1, queue: 0 }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const first = yield* Effect.forkChild(Effect.flip(acme.read("a")))
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual((yield* Fiber.join(first))._tag, "AttemptTimeout")
        assert.strictEqual(Control.of(acme)?.inFlight(), 1)
        const second = yield* Effect.flip(acme.read("b"))
        assert.strictEqual(second._tag, "NotAttempted")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("invariant 5: a cancelled limiter waiter gives its token back", () => {
  it.effect("lets the next caller in after 1 s when 10 waiters before it were interrupted", () =>
    Effect.gen(function* () {
      const script = new Scripted({})
      const Acme = declare(
        {
          read: Operation.read("read", {
            ...base,
            timeout: { attempt: "1 second", total: "1 hour" },
            attempt: script.attempt<string>
          })
        },
        { rate: { requests: RateLimit.tokenBucket({ limit: 1, per: "1 second" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* acme.read("first")
        const waiters = yield* Effect.forEach([...Array(10).keys()], () => Effect.forkChild(acme.read("waiter")))
        yield* TestClock.adjust(0)
        yield* Fiber.interruptAll(waiters)
        const last = yield* Effect.forkChild(acme.read("last"))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(last)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.times, [0, 1000])
    })
  )

  it.effect("keeps order and distance when the provider asks everybody to wait 2 s: 3 waiters, 1 a second", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 500, fail: throttled(2000) }, {})
      const Acme = declare(
        {
          read: Operation.read("read", {
            ...base,
            timeout: { attempt: "1 second", total: "1 minute" },
            retry: { ...retry, Throttled: Backoff.never },
            attempt: script.attempt<string>
          })
        },
        { rate: { requests: RateLimit.tokenBucket({ limit: 1, per: "1 second" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const calls = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
          Effect.forkChild(Effect.exit(acme.read(name)))
        )
        yield* TestClock.adjust("1 minute")
        yield* Effect.forEach(calls, Fiber.join)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(script.times, [0, 3000, 4000, 5000])
    })
  )
})

describe("invariant 6: the breaker judges the provider, by attempt, and no herd returns", () => {
  const limits = {
    breaker: CircuitBreaker.consecutive({ failures: 3, openMin: "1 second", openMax: "4 seconds", ramp: "2 seconds" })
  }
  const once = { ...retry, ...RetryMatrix.transportNever, Throttled: Backoff.never }
  const single = (script: Scripted) => Operation.read("read", { ...base, retry: once, attempt: script.attempt<string> })

  it.effect("opens after 3 refused connections, never after 30 declines, and sends nothing while open", () =>
    Effect.gen(function* () {
      const steps = [...Array(30).fill({ fail: declined }), ...Array(3).fill({ fail: refused }), {}]
      const script = new Scripted(...steps)
      const Acme = declare({ read: single(script) }, limits)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let call = 0; call < 30; call++) yield* Effect.exit(acme.read("a"))
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
        for (let call = 0; call < 3; call++) yield* Effect.exit(acme.read("a"))
        assert.strictEqual(Control.of(acme)?.circuit(), "open")
        const error = yield* Effect.flip(acme.read("a"))
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CircuitOpen")
        assert.strictEqual(script.log.length, 33)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("counts neither an interruption nor our own refusals: still closed after 10 of each", () =>
    Effect.gen(function* () {
      const script = new Scripted({ hang: "for ever" })
      const Acme = declare({ read: single(script) }, { ...limits, concurrency: 1, queue: 0 })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let time = 0; time < 10; time++) {
          const call = yield* Effect.forkChild(acme.read("a"))
          yield* TestClock.adjust(0)
          assert.strictEqual((yield* Effect.flip(acme.read("b")))._tag, "NotAttempted")
          yield* Fiber.interrupt(call)
        }
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("ignores a success of a call sent before the trip: the circuit stays open", () =>
    Effect.gen(function* () {
      const script = new Scripted({ after: 500 }, { fail: refused })
      const Acme = declare({ read: single(script) }, limits)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const early = yield* Effect.forkChild(acme.read("early"))
        yield* TestClock.adjust(0)
        for (let call = 0; call < 3; call++) yield* Effect.exit(acme.read("a"))
        yield* TestClock.adjust(500)
        yield* Fiber.join(early)
        assert.strictEqual(Control.of(acme)?.circuit(), "open")
      }).pipe(Effect.provide(Acme.layer), steady(1))
    })
  )

  it.effect("frees the only probe slot when the probe is interrupted, dies or is answered 'declined'", () =>
    Effect.gen(function* () {
      const script = new Scripted(
        { fail: refused },
        { fail: refused },
        { fail: refused },
        { hang: "for ever" },
        { die: "bug" },
        { fail: declined }
      )
      const Acme = declare({ read: single(script) }, limits)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const control = Control.of(acme)
        for (let call = 0; call < 3; call++) yield* Effect.exit(acme.read("a"))
        yield* TestClock.adjust("1 second")
        const probe = yield* Effect.forkChild(acme.read("interrupted"))
        yield* TestClock.adjust(0)
        assert.strictEqual(control?.circuit(), "half-open")
        assert.strictEqual((yield* Effect.flip(acme.read("refused")))._tag, "NotAttempted")
        yield* Fiber.interrupt(probe)
        const died = yield* Effect.exit(acme.read("dies"))
        assert.isTrue(Exit.isFailure(died) && Cause.hasDies(died.cause))
        assert.strictEqual(control?.circuit(), "half-open")
        assert.strictEqual((yield* Effect.flip(acme.read("declined")))._tag, "Declined")
        assert.strictEqual(control?.circuit(), "closed")
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
    })
  )

  it.effect("admits 1 in 4 after a quarter of the ramp and everybody after all of it", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: refused }, { fail: refused }, { fail: refused }, {})
      const Acme = declare({ read: single(script) }, limits)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        for (let call = 0; call < 3; call++) yield* Effect.exit(acme.read("a"))
        yield* TestClock.adjust("1 second")
        yield* acme.read("probe")
        yield* TestClock.adjust("500 millis")
        assert.strictEqual((yield* Effect.exit(steady(0.26)(acme.read("unlucky"))))._tag, "Failure")
        assert.strictEqual(yield* steady(0.24)(acme.read("lucky")), "done")
        yield* TestClock.adjust("1500 millis")
        assert.strictEqual(yield* steady(0.999)(acme.read("late")), "done")
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("invariant 7: one classification feeds retry, breaker, limiter, budget and signals", () => {
  it.effect(
    "a throttled answer pauses the bucket, costs 5 of 500, leaves the breaker closed and is counted as such",
    () =>
      Effect.gen(function* () {
        const script = new Scripted({ fail: throttled(1000) })
        const Acme = declare(
          { read: read(script) },
          {
            rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) },
            breaker: CircuitBreaker.consecutive({ failures: 1 })
          }
        )
        yield* Effect.gen(function* () {
          const acme = yield* Acme
          const call = yield* Effect.forkChild(Effect.flip(acme.read("a")))
          yield* TestClock.adjust(1)
          assert.strictEqual(yield* series("integration.rate_limit.remaining"), 0)
          assert.strictEqual(yield* series("integration.retry.budget.available"), 495 / 500)
          assert.strictEqual(Control.of(acme)?.circuit(), "closed")
          yield* TestClock.adjust("5 seconds")
          const error = yield* Fiber.join(call)
          assert.strictEqual(error._tag, "RetriesExhausted")
          assert.strictEqual(yield* series("integration.operation.duration", { "error.type": "Throttled" }), 1)
        }).pipe(Effect.provide(Acme.layer))
      })
  )
})

describe("invariant 8: a mutation is sent again after an ambiguous failure only under a replay-safe plan", () => {
  it.effect("sends once under an accepted risk and reports the outcome as unknown", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost })
      const Acme = declare({
        write: Operation.mutation("write", {
          timeout,
          failures,
          idempotency: Idempotency.acceptRisk("a test of what happens"),
          retry: { ...retry, ...RetryMatrix.transportNotSent(quick) },
          attempt: script.attempt<string>
        })
      })
      const error = yield* Effect.flatMap(Acme, (acme) => Effect.flip(acme.write("a"))).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(error._tag, "OutcomeUnknown")
      assert.strictEqual(script.log.length, 1)
    })
  )

  it.effect("stops at 2 attempts when the provider remembers the key for 60 ms more only", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: lost })
      const Acme = declare({ write: write(script) })
      yield* TestClock.setTime(100_000_000)
      const keyFirstUsedAt = 100_000_060 - 86_400_000
      const error = yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(
          Effect.flip(acme.write("a", { idempotencyKey: "order-1", keyFirstUsedAt }))
        )
        yield* TestClock.adjust("5 seconds")
        return yield* Fiber.join(call)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.strictEqual(error._tag, "OutcomeUnknown")
      assert.strictEqual(error._tag === "OutcomeUnknown" && error.stopped, "key-expired")
      assert.deepStrictEqual(script.times, [100_000_000, 100_000_050])
    })
  )

  it.effect("refuses a key first used 86,400,001 ms ago and sends nothing", () =>
    Effect.gen(function* () {
      const script = new Scripted({})
      const Acme = declare({ write: write(script) })
      yield* TestClock.setTime(100_000_000)
      const error = yield* Effect.flatMap(Acme, (acme) =>
        Effect.flip(acme.write("a", { idempotencyKey: "order-1", keyFirstUsedAt: 100_000_000 - 86_400_001 }))
      ).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "KeyRefused")
      assert.strictEqual(script.log.length, 0)
    })
  )

  it.effect("keeps a lost attempt ambiguous through 2 throttled ones, until an answer proves it was not applied", () =>
    Effect.gen(function* () {
      const call = (script: Scripted) => {
        const Acme = declare({ write: write(script) })
        return Effect.gen(function* () {
          const acme = yield* Acme
          const fiber = yield* Effect.forkChild(Effect.flip(acme.write("a")))
          yield* TestClock.adjust("5 seconds")
          return yield* Fiber.join(fiber)
        }).pipe(Effect.provide(Acme.layer))
      }
      const sticky = yield* call(new Scripted({ fail: lost }, { fail: new Throttled({}) }))
      assert.strictEqual(sticky._tag, "OutcomeUnknown")
      if (sticky._tag === "OutcomeUnknown") {
        assert.strictEqual(sticky.reason._tag, "ConnectionLost")
        assert.strictEqual((sticky.last as Throttled)._tag, "Throttled")
        assert.strictEqual(sticky.attempts, 3)
      }
      const known = yield* call(new Scripted({ fail: lost }, { fail: new Unfunded() }))
      assert.strictEqual(known._tag, "Unfunded")
      const maybe = yield* call(new Scripted({ fail: lost }, { fail: declined }))
      assert.strictEqual(maybe._tag, "OutcomeUnknown")
    })
  )
})

describe("invariant 9: an answer outside the contract is drift: typed, counted and not an outage", () => {
  it.effect("does not retry a body that does not decode, counts 1 violation and leaves the breaker closed", () =>
    Effect.gen(function* () {
      const drift = new TransportFailure.ContractViolation({ violation: "decode", status: 200, acted: "yes" })
      const script = new Scripted({ fail: drift })
      const Acme = declare({ write: write(script) }, { breaker: CircuitBreaker.consecutive({ failures: 1 }) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        assert.strictEqual((yield* Effect.flip(acme.write("a")))._tag, "ContractViolation")
        assert.strictEqual(yield* series("integration.contract.violations", { violation: "decode" }), 1)
        assert.strictEqual(Control.of(acme)?.circuit(), "closed")
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(script.log.length, 1)
    })
  )

  it.effect("retries an undeclared 503 under a key, as the matrix says, and counts 3", () =>
    Effect.gen(function* () {
      const script = new Scripted({ fail: broken })
      const Acme = declare({ write: write(script) })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const call = yield* Effect.forkChild(Effect.flip(acme.write("a")))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* Fiber.join(call))._tag, "OutcomeUnknown")
        assert.strictEqual(yield* series("integration.contract.violations", { violation: "undeclared_5xx" }), 3)
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(script.log.length, 3)
    })
  )
})
