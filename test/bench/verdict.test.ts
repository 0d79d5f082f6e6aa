import { describe, expect, it } from "vitest"
import { isMet, row, toVerdicts } from "../../bench/harness/Row.ts"
import { median, quantile, ratio } from "../../bench/harness/Sample.ts"
import { type Call, weather } from "../../bench/harness/Weather.ts"

/** An open loop of one call every 5 ms from -1 s to `until`; each is one request unless `requests` says otherwise. */
const storm = (until: number, ok: (began: number) => boolean, requests: (began: number) => number = () => 1) => {
  const calls: Array<Call> = []
  const arrivals: Array<number> = []
  for (let began = -1_000; began < until; began += 5) {
    calls.push({ began, ended: began + 1, ok: ok(began) })
    for (let sent = 0; sent < requests(began); sent++) arrivals.push(began)
  }
  return { calls, arrivals }
}

describe("rounds", () => {
  it("takes the middle of an odd count and the mean of two for an even one", () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it("pairs round with round, so a slow round cancels out", () => {
    expect(ratio([1, 10, 1], [2, 20, 2])).toEqual({ median: 0.5, low: 0.5, high: 0.5 })
  })

  it("reads the 99th of 100 latencies", () => {
    expect(
      quantile(
        Float64Array.from({ length: 100 }, (_, index) => 100 - index),
        0.99
      )
    ).toBe(100)
  })
})

describe("verdicts", () => {
  it("never meets a target with a number that is none", () => {
    expect(isMet(NaN, { atMost: 1 })).toBe(false)
    expect(isMet(Infinity, { atMost: 1 })).toBe(false)
  })

  it("leaves rows without a target out and says which way a target points", () => {
    expect(toVerdicts([row("ours", 0.91, "ratio", { atLeast: 0.85 }), row("peer", 3, "ratio")])).toEqual([
      { name: "ours", value: 0.91, unit: "ratio", target: ">= 0.85", met: true }
    ])
  })
})

describe("weather", () => {
  it("recovers in 0 ms when nothing fails after the end", () => {
    const found = weather(
      storm(5_000, (began) => began < 0 || began >= 1_000),
      1_000,
      200
    )
    expect(found).toMatchObject({ recoveryMillis: 0, requestsPerCall: 1, peak: 1, failedAfter: 0, failedDuring: 200 })
  })

  it("recovers when the last failing call began, however many good ones came before", () => {
    const found = weather(
      storm(5_000, (began) => began < 1_000 || began === 1_700 || began > 2_000),
      1_000,
      200
    )
    expect(found.recoveryMillis).toBe(1_000)
  })

  it("never recovers when calls still fail in the last second", () => {
    expect(
      weather(
        storm(5_000, (began) => began < 0),
        1_000,
        200
      ).recoveryMillis
    ).toBe(Infinity)
  })

  it("sees a herd of 3 times the load in one tenth of a second", () => {
    const herd = (began: number) => (began >= 1_500 && began < 1_600 ? 3 : 1)
    expect(
      weather(
        storm(5_000, () => true, herd),
        1_000,
        200
      ).peak
    ).toBe(3)
  })

  it("does not take 40 calls that the machine held up and let go at once for a herd", () => {
    const found = storm(5_000, () => true)
    const late = (at: number) => (at >= 1_500 && at < 1_690 ? 1_690 : at)
    const calls = found.calls.map((call) => ({ ...call, began: late(call.began) }))
    expect(weather({ calls, arrivals: found.arrivals.map(late) }, 1_000, 200).peak).toBe(1)
  })
})
