import { assert, describe, it } from "@effect/vitest"
import { CircuitBreaker } from "surety"
import { Breaker } from "../../src/engine/Breaker.ts"

const recovery = { openMin: "100 millis", openMax: "400 millis", ramp: "200 millis" } as const
const consecutive = (failures = 3, probes = 1) =>
  new Breaker(CircuitBreaker.consecutive({ failures, probes, ...recovery }))
const outages = (breaker: Breaker, times: number, now: number, random = 1): void => {
  for (let i = 0; i < times; i++) breaker.record(breaker.admit(now, 0), "outage", now, random)
}

describe("Breaker", () => {
  it("opens at the 3rd outage in a row and not at 2, an answer, and 2 more", () => {
    const breaker = consecutive()
    outages(breaker, 2, 0)
    breaker.record(breaker.admit(0, 0), "answered", 0, 0)
    outages(breaker, 2, 0)
    assert.strictEqual(breaker.state, "closed")
    outages(breaker, 1, 0)
    assert.strictEqual(breaker.state, "open")
  })

  it("takes a throttled answer as a sign of life, and an ignored one as nothing", () => {
    const breaker = consecutive()
    outages(breaker, 2, 0)
    breaker.record(breaker.admit(0, 0), "ignored", 0, 0)
    outages(breaker, 1, 0)
    assert.strictEqual(breaker.state, "open")
    const other = consecutive()
    outages(other, 2, 0)
    other.record(other.admit(0, 0), "throttled", 0, 0)
    outages(other, 1, 0)
    assert.strictEqual(other.state, "closed")
  })

  it("opens when 5 of the last 10 failed, once 4 are known, and forgets what is 11 calls old", () => {
    const breaker = new Breaker(CircuitBreaker.failureRate({ threshold: 0.5, size: 10, minimumCalls: 4, ...recovery }))
    outages(breaker, 3, 0)
    assert.strictEqual(breaker.state, "closed")
    const other = new Breaker(breaker.config)
    outages(other, 4, 0)
    assert.strictEqual(other.state, "open")
    const healthy = new Breaker(breaker.config)
    for (let i = 0; i < 5; i++) healthy.record(healthy.admit(0, 0), "answered", 0, 0)
    outages(healthy, 4, 0)
    assert.strictEqual(healthy.state, "closed")
    // the ring of 10 holds one answer fewer with each outage from here on
    for (let i = 0; i < 10; i++) healthy.record(healthy.admit(0, 0), "answered", 0, 0)
    outages(healthy, 4, 0)
    assert.strictEqual(healthy.state, "closed")
    outages(healthy, 1, 0)
    assert.strictEqual(healthy.state, "open")
  })

  it("never opens when the contract says so", () => {
    const breaker = new Breaker(CircuitBreaker.none("a test of nothing"))
    outages(breaker, 1000, 0)
    assert.strictEqual(breaker.state, "closed")
  })

  it("stays open for [50, 100] ms at first, then up to 200, 400 and never more than 400", () => {
    const breaker = consecutive(1)
    let now = 0
    const opens: Array<number> = []
    for (let i = 0; i < 5; i++) {
      breaker.record(breaker.admit(now, 0), "outage", now, 1)
      opens.push(breaker.retryAfterMillis(now))
      now += breaker.retryAfterMillis(now)
    }
    assert.deepStrictEqual(opens, [100, 200, 400, 400, 400])
    const early = consecutive(1)
    early.record(early.admit(0, 0), "outage", 0, 0)
    assert.strictEqual(early.retryAfterMillis(0), 50)
  })

  it("opens for 100 ms again once it stayed closed for more than 400 ms, and for 200 before that", () => {
    for (const [healthy, expected] of [
      [401, 100],
      [399, 200]
    ] as const) {
      const breaker = consecutive(1)
      outages(breaker, 1, 0)
      breaker.record(breaker.admit(100, 0), "answered", 100, 0)
      breaker.record(breaker.admit(100 + healthy, 0), "answered", 100 + healthy, 0)
      outages(breaker, 1, 100 + healthy)
      assert.strictEqual(breaker.retryAfterMillis(100 + healthy), expected)
    }
  })

  it("admits 2 probes of 10 when half-open with 2 probes, and reopens on the first outage", () => {
    const breaker = consecutive(1, 2)
    outages(breaker, 1, 0)
    const permits = Array.from({ length: 10 }, () => breaker.admit(100, 0))
    assert.strictEqual(permits.filter((permit) => permit !== 0).length, 2)
    breaker.record(permits[0] ?? 0, "outage", 100, 1)
    assert.strictEqual(breaker.state, "open")
    breaker.record(permits[1] ?? 0, "answered", 101, 1)
    assert.strictEqual(breaker.state, "open")
  })

  it("never counts a probe of an earlier half-open phase: 1 slot, 1 probe", () => {
    const breaker = consecutive(1)
    outages(breaker, 1, 0)
    const first = breaker.admit(100, 0)
    breaker.isolate()
    breaker.close()
    outages(breaker, 1, 200)
    const second = breaker.admit(300, 0)
    breaker.record(first, "ignored", 300, 0)
    assert.strictEqual(breaker.admit(300, 0), 0)
    breaker.record(second, "ignored", 300, 0)
    assert.notStrictEqual(breaker.admit(300, 0), 0)
  })

  it("frees the slot of a probe that was throttled or ignored and stays half-open", () => {
    const breaker = consecutive(1)
    outages(breaker, 1, 0)
    for (const health of ["ignored", "throttled"] as const) {
      const probe = breaker.admit(100, 0)
      assert.isTrue(breaker.refuses(100))
      breaker.record(probe, health, 100, 0)
      assert.isFalse(breaker.refuses(100))
      assert.strictEqual(breaker.state, "half-open")
    }
  })

  it("admits a share of since/200 ms after closing, and all of it afterwards", () => {
    const breaker = consecutive(1)
    outages(breaker, 1, 0)
    breaker.record(breaker.admit(100, 0), "answered", 100, 0)
    assert.isTrue(breaker.ramping(299))
    assert.strictEqual(breaker.admit(150, 0.26), 0)
    assert.notStrictEqual(breaker.admit(150, 0.25), 0)
    assert.notStrictEqual(breaker.admit(300, 0.999), 0)
  })

  it("refuses everything while isolated, and closes by hand at once and without a ramp", () => {
    const seen: Array<string> = []
    const breaker = consecutive(1)
    breaker.onTransition = (from, to) => void seen.push(`${from} ${to}`)
    const early = breaker.admit(0, 0)
    breaker.isolate()
    breaker.isolate()
    assert.strictEqual(breaker.admit(1e9, 0), 0)
    assert.strictEqual(breaker.retryAfterMillis(0), Number.POSITIVE_INFINITY)
    breaker.close()
    breaker.record(early, "outage", 1e9, 0)
    assert.notStrictEqual(breaker.admit(1e9, 0.999), 0)
    assert.deepStrictEqual(seen, ["closed isolated", "isolated closed"])
  })

  it("opens with another process's circuit and probes after it", () => {
    const breaker = consecutive()
    breaker.adopt(500)
    assert.isTrue(breaker.refuses(499))
    assert.isBelow(breaker.admit(500, 0), 0)
    assert.strictEqual(breaker.state, "half-open")
    breaker.adopt(900)
    assert.strictEqual(breaker.state, "half-open")
  })
})
