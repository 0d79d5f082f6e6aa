import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as RetryBudget from "../../src/RetryBudget.ts"

describe("RetryBudget.bucket", () => {
  it("has 500 tokens at 14 for an outage and 5 for throttling by default", () => {
    assert.deepStrictEqual(RetryBudget.bucket(), { _tag: "Bucket", capacity: 500, outageCost: 14, throttledCost: 5 })
  })

  it("takes a capacity of exactly one retry and refuses 1 token less", () => {
    assert.strictEqual(RetryBudget.bucket({ capacity: 14 })._tag, "Bucket")
    assert.throws(
      () => RetryBudget.bucket({ capacity: 13 }),
      RangeError,
      "RetryBudget: capacity (13) is below the cost of one retry (14), so it pays for none"
    )
    assert.throws(() => RetryBudget.bucket({ capacity: 20, throttledCost: 21 }), RangeError, "(21)")
  })

  it("refuses what is not above 0 and finite", () => {
    for (const field of ["capacity", "outageCost", "throttledCost"] as const) {
      for (const value of [0, -1, Number.NaN, Infinity]) {
        assert.throws(() => RetryBudget.bucket({ [field]: value }), RangeError, `RetryBudget: ${field} must be above 0`)
      }
    }
  })
})

describe("RetryBudget.ratio", () => {
  it("is a tenth of the calls of 10 s, and at least 10, by default", () => {
    assert.deepStrictEqual(RetryBudget.ratio(), { _tag: "Ratio", ratio: 0.1, windowMillis: 10_000, floor: 10 })
  })

  it("refuses a share outside (0, 1], a window of 0 or without end, and a negative floor", () => {
    for (const ratio of [0, 1.1, Number.NaN]) {
      assert.throws(() => RetryBudget.ratio({ ratio }), RangeError, "ratio must be in (0, 1]")
    }
    for (const per of [0, Duration.infinity, "now" as never]) {
      assert.throws(() => RetryBudget.ratio({ per }), RangeError, "RetryBudget: per must be above 0")
    }
    for (const floor of [-1, Number.NaN, Infinity]) {
      assert.throws(() => RetryBudget.ratio({ floor }), RangeError, "floor must be finite and not negative")
    }
  })
})
