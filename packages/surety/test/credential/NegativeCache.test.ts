import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { NegativeCache } from "surety/credential"

const decide = (input: Partial<NegativeCache.Input>) =>
  NegativeCache.decide({ reason: "unavailable", retryAfterMillis: undefined, failures: 1, random: 0.5, ...input })

describe("NegativeCache", () => {
  it("waits for half of 1, 2, 4, … 32 and then 60 s when a source is unavailable and the dice say half", () => {
    const waits = Array.from({ length: 8 }, (_, i) => decide({ failures: i + 1 }).millis)
    assert.deepStrictEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it("waits for 30, 60, 120, 240 and then 300 s when a source refuses us or cannot work, and raises an alarm", () => {
    for (const reason of ["rejected", "misconfigured"] as const) {
      const decisions = Array.from({ length: 6 }, (_, i) => decide({ reason, failures: i + 1 }))
      assert.deepStrictEqual(
        decisions.map(({ millis }) => millis / 1000),
        [30, 60, 120, 240, 300, 300]
      )
      assert.isTrue(decisions.every(({ _tag }) => _tag === "Alarm"))
    }
  })

  it("looks every 30 s whether a dead grant was replaced, after 1 failure as after 1000", () => {
    assert.deepStrictEqual(decide({ reason: "reauthorize" }), { _tag: "Dead", millis: 30_000 })
    assert.deepStrictEqual(decide({ reason: "reauthorize", failures: 1000 }), { _tag: "Dead", millis: 30_000 })
  })

  it("takes what the source asked for as a floor: 20 s stays 20 s, whatever the dice say", () => {
    for (const random of [0, 0.5, 0.999]) {
      assert.strictEqual(decide({ random, retryAfterMillis: 20_000 }).millis, 20_000)
    }
    assert.strictEqual(decide({ reason: "rejected", retryAfterMillis: 20_000 }).millis, 30_000)
  })

  it("believes no hint of more than 1 h, of less than 0, and none that is no number", () => {
    assert.strictEqual(decide({ retryAfterMillis: 1e12 }).millis, 3_600_000)
    assert.strictEqual(decide({ retryAfterMillis: Infinity }).millis, 3_600_000)
    assert.strictEqual(decide({ retryAfterMillis: -1 }).millis, 500)
    assert.strictEqual(decide({ retryAfterMillis: Number.NaN }).millis, 500)
  })

  it("never waits for less than 100 ms nor, without a hint, for more than 5 min, however long it fails", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("unavailable", "rejected", "misconfigured", "reauthorize"),
        fc.nat(),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (reason, failures, random) => {
          const { millis } = decide({ reason, failures, random })
          assert.isAtLeast(millis, 100)
          assert.isAtMost(millis, 300_000)
        }
      )
    )
  })
})
