import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as fc from "fast-check"
import * as RateLimit from "../../src/RateLimit.ts"

type Options = Parameters<typeof RateLimit.tokenBucket>[0]
const make = (over: Partial<Options> = {}) => RateLimit.tokenBucket({ limit: 100, per: "1 second", ...over })

describe("RateLimit.tokenBucket", () => {
  it("holds 100 tokens when 100 are added each second", () => {
    assert.deepStrictEqual(make(), { _tag: "TokenBucket", limit: 100, periodMillis: 1000, burst: 100 })
  })

  const refused: ReadonlyArray<readonly [string, Partial<Options>, RegExp]> = [
    ["0 tokens", { limit: 0 }, /limit must be an integer of at least 1, got 0/],
    ["1.5 tokens", { limit: 1.5 }, /limit .* got 1.5/],
    ["NaN tokens", { limit: Number.NaN }, /limit .* got NaN/],
    ["infinitely many tokens", { limit: Infinity }, /limit .* got Infinity/],
    ["a period of 0", { per: 0 }, /per must be a finite duration longer than zero/],
    ["a period without end", { per: Duration.infinity }, /per must be a finite duration/],
    ["a period that is no duration", { per: "often" as never }, /per must be a finite duration .* got often/],
    ["a burst of 0", { burst: 0 }, /burst must be an integer from 1 to limit \(100\), got 0/],
    ["a burst above the limit", { burst: 101 }, /burst .* \(100\), got 101/]
  ]
  for (const [name, over, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => make(over), RangeError, message)
    })
  }

  it("keeps every legal limit, period and burst as they are", () => {
    const legal = fc
      .record({
        limit: fc.integer({ min: 1, max: 1e9 }),
        per: fc.integer({ min: 1, max: 1e9 }),
        share: fc.double({ min: 0, max: 1, noNaN: true })
      })
      .map(({ limit, per, share }) => ({ limit, per, burst: Math.max(1, Math.floor(limit * share)) }))
    fc.assert(
      fc.property(legal, ({ burst, limit, per }) => {
        const bucket = RateLimit.tokenBucket({ limit, per: Duration.millis(per), burst })
        assert.deepStrictEqual(bucket, { _tag: "TokenBucket", limit, periodMillis: per, burst })
      })
    )
  })
})

describe("RateLimit.unlimited", () => {
  it("keeps where that was read", () => {
    assert.strictEqual(RateLimit.unlimited("the docs name none").because, "the docs name none")
  })
})
