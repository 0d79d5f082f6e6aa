import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Backoff } from "surety"
import * as RetryDecision from "../../src/RetryDecision.ts"

const rule = Backoff.exponential({ base: "100 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
const facts: RetryDecision.Facts = {
  rule,
  attempts: 1,
  random: 0.5,
  previousMillis: 0,
  hintMillis: 0,
  remainingMillis: 1000,
  keyMillis: Number.POSITIVE_INFINITY
}

describe("RetryDecision", () => {
  const table: ReadonlyArray<readonly [string, Partial<RetryDecision.Facts>, string]> = [
    ["again after half of 100 ms", {}, "Again 50"],
    ["again after half of 200 ms for the second retry", { attempts: 2 }, "Again 100"],
    ["again after the hint of 400 ms", { hintMillis: 400 }, "Again 400"],
    ["again after the backoff when the hint is shorter", { hintMillis: 20 }, "Again 50"],
    ["stop: the rule is never", { rule: Backoff.never }, "Stop rule"],
    ["stop: 3 of 3 attempts were made", { attempts: 3 }, "Stop attempts"],
    ["stop: a hint of exactly what is left", { hintMillis: 1000 }, "Stop server-wait"],
    ["stop: a backoff of exactly what is left", { remainingMillis: 50 }, "Stop deadline"],
    ["stop: no time left", { remainingMillis: 0, random: 0 }, "Stop deadline"],
    ["stop: the key is forgotten by then", { keyMillis: 50 }, "Stop key-expired"],
    ["stop: a hint without end", { hintMillis: Number.POSITIVE_INFINITY }, "Stop server-wait"]
  ]
  for (const [name, change, expected] of table) {
    it(name, () => {
      const decision = RetryDecision.decide({ ...facts, ...change })
      assert.strictEqual(
        decision._tag === "Again" ? `Again ${decision.afterMillis}` : `Stop ${decision.because}`,
        expected
      )
    })
  }

  it("never goes on past the maximum, the deadline or the key, never below the hint, whatever the facts", () => {
    fc.assert(
      fc.property(
        fc.record({
          base: fc.double({ min: 1e-2, max: 1e4, noNaN: true }),
          factor: fc.double({ min: 1, max: 1e4, noNaN: true }),
          maxAttempts: fc.integer({ min: 1, max: 20 }),
          jitter: fc.constantFrom<Backoff.Jitter>("full", "equal", "decorrelated"),
          attempts: fc.integer({ min: 1, max: 5000 }),
          random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          previousMillis: fc.double({ min: 0, max: 1e8, noNaN: true }),
          hintMillis: fc.double({ min: 0, max: 1e12, noNaN: true }),
          remainingMillis: fc.double({ min: -1e3, max: 1e6, noNaN: true }),
          keyMillis: fc.double({ min: -1e3, max: 1e6, noNaN: true })
        }),
        ({ base, factor, jitter, maxAttempts, ...rest }) => {
          const drawn = Backoff.exponential({ base, cap: base * factor, maxAttempts, jitter })
          const decision = RetryDecision.decide({ rule: drawn, ...rest })
          if (decision._tag === "Stop") return
          assert.isBelow(rest.attempts, maxAttempts)
          assert.isAtLeast(decision.afterMillis, rest.hintMillis)
          assert.isBelow(decision.afterMillis, rest.remainingMillis)
          assert.isBelow(decision.afterMillis, rest.keyMillis)
          assert.isAtMost(decision.afterMillis, Math.max(rest.hintMillis, drawn.capMillis))
        }
      )
    )
  })
})
