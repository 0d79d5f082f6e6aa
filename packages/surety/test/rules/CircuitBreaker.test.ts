import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as CircuitBreaker from "../../src/CircuitBreaker.ts"

describe("CircuitBreaker", () => {
  it("opens for 100 to 300 ms, probes with 1 call and ramps up over 150 ms by default", () => {
    assert.deepStrictEqual(CircuitBreaker.consecutive({ failures: 5 }), {
      trip: { _tag: "Consecutive", failures: 5 },
      openMinMillis: 100,
      openMaxMillis: 300,
      probes: 1,
      rampMillis: 150
    })
  })

  it("takes a window of 2 and a threshold of 1, and a ramp of 0", () => {
    const breaker = CircuitBreaker.failureRate({ threshold: 1, size: 2, minimumCalls: 2, ramp: 0 })
    assert.deepStrictEqual(breaker.trip, { _tag: "FailureRate", threshold: 1, size: 2, minimumCalls: 2 })
    assert.strictEqual(breaker.rampMillis, 0)
  })

  const rate = { threshold: 0.5, size: 10, minimumCalls: 5 }
  const refused: ReadonlyArray<readonly [string, () => unknown, RegExp]> = [
    ["0 failures", () => CircuitBreaker.consecutive({ failures: 0 }), /consecutive: failures .* at least 1, got 0/],
    ["1.5 failures", () => CircuitBreaker.consecutive({ failures: 1.5 }), /failures .* got 1.5/],
    [
      "a threshold of 0",
      () => CircuitBreaker.failureRate({ ...rate, threshold: 0 }),
      /threshold must be in \(0, 1\], got 0/
    ],
    ["a threshold of 1.1", () => CircuitBreaker.failureRate({ ...rate, threshold: 1.1 }), /threshold .* got 1.1/],
    [
      "a threshold of NaN",
      () => CircuitBreaker.failureRate({ ...rate, threshold: Number.NaN }),
      /threshold .* got NaN/
    ],
    [
      "a window of 1",
      () => CircuitBreaker.failureRate({ ...rate, size: 1 }),
      /size must be an integer of at least 2, got 1/
    ],
    ["a window without end", () => CircuitBreaker.failureRate({ ...rate, size: Infinity }), /size .* got Infinity/],
    [
      "11 known calls of 10",
      () => CircuitBreaker.failureRate({ ...rate, minimumCalls: 11 }),
      /minimumCalls \(11\) is above size \(10\), so it never opens/
    ],
    [
      "an open time of 0",
      () => CircuitBreaker.consecutive({ failures: 5, openMin: 0 }),
      /openMin must be a finite duration longer than zero/
    ],
    [
      "an open time without end",
      () => CircuitBreaker.consecutive({ failures: 5, openMax: Duration.infinity }),
      /openMax must be a finite duration/
    ],
    [
      "an open time that is no duration",
      () => CircuitBreaker.consecutive({ failures: 5, openMin: "soon" as never }),
      /openMin .* got soon/
    ],
    [
      "an openMax below openMin",
      () => CircuitBreaker.consecutive({ failures: 5, openMin: "1 second" }),
      /openMax \(300 ms\) is below openMin \(1000 ms\)/
    ],
    [
      "0 probes",
      () => CircuitBreaker.consecutive({ failures: 5, probes: 0 }),
      /probes must be an integer of at least 1, got 0/
    ],
    [
      "a ramp without end",
      () => CircuitBreaker.consecutive({ failures: 5, ramp: Duration.infinity }),
      /ramp must be a finite duration/
    ],
    [
      "a ramp that is no duration",
      () => CircuitBreaker.consecutive({ failures: 5, ramp: "slowly" as never }),
      /ramp .* got slowly/
    ]
  ]
  for (const [name, make, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(make, RangeError, message)
    })
  }

  it("keeps why it never opens", () => {
    assert.deepStrictEqual(CircuitBreaker.none("a test drives it").trip, { _tag: "None", because: "a test drives it" })
  })
})
