import { assert, describe, it } from "@effect/vitest"
import { RateLimit } from "surety"
import { Bucket } from "../../src/engine/Bucket.ts"
import * as Limiter from "../../src/engine/Limiter.ts"
import * as Limits from "../../src/Limits.ts"

const ten = () => new Bucket("ten", RateLimit.tokenBucket({ limit: 10, per: "1 second" }))

describe("Bucket", () => {
  it("gives 10 at once and then one every 100 ms", () => {
    const bucket = ten()
    const waits = Array.from({ length: 13 }, () => bucket.reserve(1, 0))
    assert.deepStrictEqual(waits, [...Array(10).fill(0), 100, 200, 300])
  })

  it("keeps at most its burst of 2 however long nothing happens", () => {
    const bucket = new Bucket("b", RateLimit.tokenBucket({ limit: 10, per: "1 second", burst: 2 }))
    bucket.reserve(2, 0)
    assert.strictEqual(bucket.available(1e6), 2)
  })

  it("takes 3 tokens for a cost of 3, and lets a cost above the burst wait instead of starve", () => {
    const bucket = ten()
    assert.strictEqual(bucket.reserve(9, 0), 0)
    assert.strictEqual(bucket.reserve(3, 0), 200)
    assert.strictEqual(ten().reserve(30, 0), 2000)
  })

  it("lets a cost of 0 wait for nobody: neither for 3 callers in front nor for a pause of 500 ms", () => {
    const bucket = ten()
    assert.strictEqual(bucket.reserve(13, 0), 300)
    assert.strictEqual(bucket.reserve(0, 0), 0)
    bucket.pause(500, 0)
    assert.strictEqual(bucket.reserve(0, 0), 0)
  })

  it("gives a refund to the next caller, never above the burst", () => {
    const bucket = ten()
    for (let i = 0; i < 11; i++) bucket.reserve(1, 0)
    bucket.refund(1)
    assert.strictEqual(bucket.reserve(1, 0), 100)
    bucket.refund(100)
    assert.strictEqual(bucket.available(0), 10)
  })

  it("gives nothing for 500 ms of pause, then 1 token, then one every 100 ms", () => {
    const bucket = ten()
    bucket.pause(500, 0)
    assert.strictEqual(bucket.available(499), 0)
    assert.strictEqual(bucket.reserve(1, 100), 400)
    assert.strictEqual(bucket.reserve(1, 100), 500)
    assert.strictEqual(bucket.reserve(1, 600), 100)
  })

  it("adds a second pause of 100 ms to the first of 500, once, whatever the order they are told in", () => {
    const bucket = ten()
    bucket.pause(500, 0)
    bucket.pause(300, 100)
    assert.strictEqual(bucket.pausedMillis, 500)
    bucket.pause(600, 200)
    assert.strictEqual(bucket.pausedMillis, 600)
  })

  it("is lowered by what a response says and never raised", () => {
    const bucket = ten()
    bucket.observe({ bucket: "ten", remaining: 3 }, 0)
    assert.strictEqual(bucket.available(0), 3)
    bucket.observe({ bucket: "ten", remaining: 9 }, 0)
    assert.strictEqual(bucket.available(0), 3)
    bucket.observe({ bucket: "ten", limit: 20 }, 0)
    assert.strictEqual(bucket.available(100), 5)
  })

  it("pauses until the reset when 0 remain", () => {
    const bucket = ten()
    bucket.observe({ bucket: "ten", remaining: 0, resetMillis: 2000 }, 0)
    assert.strictEqual(bucket.reserve(1, 0), 2100)
  })

  it("takes no harm from a response that says NaN", () => {
    const bucket = ten()
    const nonsense = Number.NaN
    bucket.observe({ bucket: "ten", remaining: nonsense, limit: nonsense, resetMillis: nonsense }, 0)
    bucket.observe({ bucket: "ten", remaining: 0, resetMillis: nonsense }, 0)
    assert.strictEqual(bucket.reserve(1, 0), 100)
  })
})

describe("Limiter", () => {
  const limits = Limits.make("acme", {
    concurrency: 1,
    rate: {
      calls: RateLimit.tokenBucket({ limit: 10, per: "1 second" }),
      points: RateLimit.tokenBucket({ limit: 100, per: "1 second" })
    }
  })

  it("takes 1 from every bucket by default, and what the request weighs from those that are named", () => {
    const limiter = new Limiter.Limiter(limits)
    const every = limiter.sharesOf(undefined)
    Limiter.reserve(every, Limiter.weigh(every, "x"), 0)
    const named = limiter.sharesOf({ points: (request: string) => request.length })
    const costs = Limiter.weigh(named, "12345")
    assert.deepStrictEqual(costs, [5])
    Limiter.reserve(named, costs, 0)
    assert.strictEqual(limiter.buckets.get("calls")?.available(0), 9)
    assert.strictEqual(limiter.buckets.get("points")?.available(0), 94)
    Limiter.refund(named, costs)
    Limiter.refund(every, undefined)
    assert.strictEqual(limiter.buckets.get("points")?.available(0), 100)
  })

  it("waits for the slowest of 2 buckets and names it", () => {
    const limiter = new Limiter.Limiter(limits)
    const shares = limiter.sharesOf({ calls: 1, points: 90 })
    assert.strictEqual(Limiter.reserve(shares, undefined, 0), 0)
    assert.strictEqual(Limiter.reserve(shares, undefined, 0), 800)
    assert.strictEqual(Limiter.slowest(shares, 0), "points")
  })

  it("refuses a weight of NaN or -1 before it can spoil a bucket", () => {
    const limiter = new Limiter.Limiter(limits)
    for (const cost of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      assert.throws(() => Limiter.weigh(limiter.sharesOf({ points: () => cost }), "x"), RangeError)
      assert.throws(() => limiter.sharesOf({ points: cost }), RangeError)
    }
  })
})
