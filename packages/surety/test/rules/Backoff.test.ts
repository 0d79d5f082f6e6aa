import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import * as Backoff from "../../src/Backoff.ts"

const jitters = ["full", "equal", "decorrelated"] as const

const make = (over: Partial<Parameters<typeof Backoff.exponential>[0]> = {}) =>
  Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 5, jitter: "full", ...over })

const rules = fc
  .record({
    base: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
    maxAttempts: fc.integer({ min: 1, max: 20 }),
    jitter: fc.constantFrom(...jitters)
  })
  .map(({ base, factor, jitter, maxAttempts }) =>
    Backoff.exponential({ base: Duration.millis(base), cap: Duration.millis(base * factor), maxAttempts, jitter })
  )

const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe("Backoff.ceilingMillis", () => {
  const table: ReadonlyArray<readonly [(typeof jitters)[number], number, number]> = [
    ["full", 1, 50],
    ["full", 2, 100],
    ["full", 6, 1600],
    ["full", 7, 2000],
    ["equal", 3, 200],
    ["decorrelated", 1, 150],
    ["decorrelated", 2, 450],
    ["decorrelated", 3, 1350],
    ["decorrelated", 4, 2000]
  ]
  for (const [jitter, retry, expected] of table) {
    it(`is ${expected} ms before retry ${retry} with ${jitter} jitter from 50 ms to 2 s`, () => {
      assert.strictEqual(Backoff.ceilingMillis(make({ jitter }), retry), expected)
    })
  }

  it("grows to the cap and stays there up to retry 5,000, for a base of 1e-30 ms as well", () => {
    for (const jitter of jitters) {
      for (const baseMillis of [1e-30, 1e-6, 50]) {
        const rule = { _tag: "Backoff", maxAttempts: 20, baseMillis, capMillis: 2000, jitter } as const
        let before = 0
        for (let retry = 1; retry <= 5000; retry++) {
          const ceiling = Backoff.ceilingMillis(rule, retry)
          assert.isTrue(Number.isFinite(ceiling) && ceiling >= before && ceiling <= 2000, `${retry}: ${ceiling}`)
          before = ceiling
        }
        assert.strictEqual(before, 2000)
      }
    }
  })
})

describe("Backoff.delayMillis", () => {
  it("is finite and within [0, cap] for every rule, retry up to 5,000, draw and last wait", () => {
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 1, max: 5000 }),
        draws,
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (rule, retry, random, previousMillis) => {
          const delay = Backoff.delayMillis(rule, { retry, random, previousMillis })
          assert.isTrue(delay >= 0 && delay <= rule.capMillis, `${delay} of ${rule.capMillis}`)
        }
      )
    )
  })

  it("is below the ceiling when each wait grows from the last", () => {
    fc.assert(
      fc.property(rules, fc.array(draws, { minLength: 1, maxLength: 19 }), (rule, randoms) => {
        let previousMillis = 0
        randoms.forEach((random, at) => {
          previousMillis = Backoff.delayMillis(rule, { retry: at + 1, random, previousMillis })
          assert.isAtMost(previousMillis, Backoff.ceilingMillis(rule, at + 1) * (1 + 1e-12))
        })
      })
    )
  })

  it("draws from [0, 100) with full, [50, 100) with equal and [50, 150) with decorrelated jitter", () => {
    const at = (jitter: (typeof jitters)[number], random: number) =>
      Backoff.delayMillis(make({ jitter }), { retry: jitter === "decorrelated" ? 1 : 2, random, previousMillis: 0 })
    assert.deepStrictEqual([at("full", 0), at("full", 0.5)], [0, 50])
    assert.deepStrictEqual([at("equal", 0), at("equal", 0.5)], [50, 75])
    assert.deepStrictEqual([at("decorrelated", 0), at("decorrelated", 0.5)], [50, 100])
  })
})

describe("Backoff.exponential", () => {
  const refused: ReadonlyArray<readonly [string, Partial<Parameters<typeof Backoff.exponential>[0]>, RegExp]> = [
    ["0 attempts", { maxAttempts: 0 }, /maxAttempts must be an integer in \[1, 20\], got 0/],
    ["21 attempts", { maxAttempts: 21 }, /maxAttempts .* got 21/],
    ["2.5 attempts", { maxAttempts: 2.5 }, /maxAttempts .* got 2.5/],
    ["NaN attempts", { maxAttempts: Number.NaN }, /maxAttempts .* got NaN/],
    ["infinite attempts", { maxAttempts: Infinity }, /maxAttempts .* got Infinity/],
    ["a base of 0", { base: 0 }, /base must be longer than zero, got 0 ms/],
    ["a base of 1e-30 ms, which is no nanosecond", { base: 1e-30 }, /base must be longer than zero, got 0 ms/],
    ["a base of NaN", { base: Number.NaN }, /base/],
    ["a negative base", { base: -1 }, /base must be longer than zero/],
    ["an infinite base", { base: Duration.infinity }, /cap must be finite and not below base/],
    ["an infinite cap", { cap: Duration.infinity }, /cap must be finite .* got Infinity ms/],
    ["a cap of NaN", { cap: Number.NaN }, /cap/],
    ["a cap below the base", { cap: "10 millis" }, /not below base \(50 ms\), got 10 ms/]
  ]
  for (const [name, over, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => make(over), RangeError, message)
    })
  }

  it("refuses a text that is no duration", () => {
    assert.throws(
      () => make({ base: "soon" as never }),
      RangeError,
      "Backoff.exponential: base is not a duration: soon"
    )
  })
})

describe("a rule as a Schedule", () => {
  /** Times of the attempts of an effect that always fails, in milliseconds. */
  const attempts = (rule: Backoff.Backoff, draw: number) =>
    Effect.gen(function* () {
      const times: Array<number> = []
      const call = Effect.andThen(
        Effect.map(Clock.currentTimeMillis, (now) => times.push(now)),
        Effect.fail("again")
      )
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.retry(call, rule)))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* Fiber.join(fiber), "again")
      return times
    }).pipe(
      Effect.provideService(Random.Random, {
        nextDoubleUnsafe: () => draw,
        nextIntUnsafe: () => 0
      })
    )

  it.effect("makes 5 attempts under Effect.retry, at 0, 25, 75, 175 and 375 ms", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* attempts(make(), 0.5), [0, 25, 75, 175, 375])
    })
  )

  it.effect("makes 1 attempt when maxAttempts is 1", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* attempts(make({ maxAttempts: 1 }), 0.5), [0])
    })
  )

  it.effect("never waits longer than its cap of 2 s in 20 attempts, with any jitter", () =>
    Effect.gen(function* () {
      for (const jitter of jitters) {
        const times = yield* attempts(make({ maxAttempts: 20, jitter }), 0.999)
        assert.strictEqual(times.length, 20)
        times.slice(1).forEach((time, at) => assert.isAtMost(time - (times[at] ?? 0), 2000))
      }
    })
  )

  it.effect("starts afresh each time it is used", () =>
    Effect.gen(function* () {
      const rule = make()
      const first = yield* attempts(rule, 0.5)
      const second = yield* attempts(rule, 0.5)
      assert.deepStrictEqual(
        second.map((time) => time - (second[0] ?? 0)),
        first
      )
    })
  )
})

describe("Backoff.isBackoff", () => {
  it("knows a rule from Backoff.never and from anything else", () => {
    assert.deepStrictEqual(
      [make(), Backoff.never, null, undefined, 3, {}, { _tag: "Backoff" }].map((u) => Backoff.isBackoff(u)),
      [true, false, false, false, false, false, false]
    )
  })
})
