import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { RefreshWindow } from "surety/credential"

const policy = { advisoryMillis: 300_000, mandatoryMillis: 60_000, skewMillis: 5000 }
const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour

const life = (lifetime: number | undefined, jitter = 0, recheckMillis?: number): RefreshWindow.Life => ({
  arrivedMillis: 0,
  expiresMillis: lifetime,
  recheckMillis,
  policy,
  jitter
})
const at = (lifetime: number | undefined, nowMillis: number, recheckMillis?: number) =>
  RefreshWindow.decide({ ...life(lifetime, 0, recheckMillis), nowMillis })._tag

describe("RefreshWindow", () => {
  const table: ReadonlyArray<readonly [string, number, RefreshWindow.Instants]> = [
    ["1 s", 1000, { advisoryMillis: 700, mandatoryMillis: 850, endMillis: 900, recheckMillis: Infinity }],
    ["1 min", minute, { advisoryMillis: 43_000, mandatoryMillis: 52_000, endMillis: 55_000, recheckMillis: Infinity }],
    [
      "1 h",
      hour,
      { advisoryMillis: 3_295_000, mandatoryMillis: 3_535_000, endMillis: 3_595_000, recheckMillis: Infinity }
    ],
    [
      "1 year",
      year,
      {
        advisoryMillis: year - 305_000,
        mandatoryMillis: year - 65_000,
        endMillis: year - 5000,
        recheckMillis: Infinity
      }
    ]
  ]
  for (const [name, lifetime, expected] of table) {
    it(`of a token of ${name} begin at ${expected.advisoryMillis} and ${expected.mandatoryMillis} ms and end at ${expected.endMillis} ms`, () => {
      assert.deepStrictEqual(RefreshWindow.instants(life(lifetime)), expected)
    })
  }

  it("go from fresh over advisory and mandatory to expired at 700, 850 and 900 ms of a second", () => {
    const seen = [0, 699, 700, 849, 850, 899, 900, 1000].map((now) => at(1000, now))
    assert.deepStrictEqual(seen, [
      "Fresh",
      "Fresh",
      "Advisory",
      "Advisory",
      "Mandatory",
      "Mandatory",
      "Expired",
      "Expired"
    ])
  })

  it("never open for a secret without an end, and ask for a newer one after its recheck of 5 s", () => {
    assert.strictEqual(at(undefined, 100 * year), "Fresh")
    assert.deepStrictEqual(RefreshWindow.decide({ ...life(undefined, 0, 5000), nowMillis: 5000 }), {
      _tag: "Advisory",
      because: "recheck",
      mandatoryMillis: Infinity
    })
  })

  it("take a recheck of 0, of less than 0 and of NaN for 100 ms, 100 ms and none", () => {
    assert.strictEqual(RefreshWindow.instants(life(undefined, 0, 0)).recheckMillis, 100)
    assert.strictEqual(RefreshWindow.instants(life(undefined, 0, -1)).recheckMillis, 100)
    assert.strictEqual(RefreshWindow.instants(life(undefined, 0, Number.NaN)).recheckMillis, Infinity)
  })

  it("take a token whose end is in the past, or is no number, for expired", () => {
    assert.strictEqual(at(-1, 0), "Expired")
    assert.strictEqual(at(0, 0), "Expired")
    assert.strictEqual(at(-Infinity, 0), "Expired")
  })

  const lifetimes = fc.integer({ min: 1000, max: year })
  const jitters = fc.double({ min: 0, max: 0.999999, noNaN: true })

  it("refresh no token of 1 s to 1 year on each call: the first 70 % of its life are fresh, whatever the jitter", () => {
    fc.assert(
      fc.property(lifetimes, jitters, fc.double({ min: 0, max: 0.6999, noNaN: true }), (lifetime, jitter, part) => {
        const decision = RefreshWindow.decide({ ...life(lifetime, jitter), nowMillis: lifetime * part })
        assert.strictEqual(decision._tag, "Fresh")
      })
    )
  })

  it("make of 10 calls right after a refresh 0 further refreshes, for every lifetime (peers: 10)", () => {
    fc.assert(
      fc.property(lifetimes, jitters, (lifetime, jitter) => {
        const refreshes = Array.from({ length: 10 }, (_, i) =>
          RefreshWindow.decide({ ...life(lifetime, jitter), nowMillis: i })
        ).filter(({ _tag }) => _tag !== "Fresh")
        assert.strictEqual(refreshes.length, 0)
      })
    )
  })

  it("keep the skew at 10 % of the lifetime and 5 s at most, and come in their order", () => {
    fc.assert(
      fc.property(lifetimes, jitters, (lifetime, jitter) => {
        const { advisoryMillis, endMillis, mandatoryMillis } = RefreshWindow.instants(life(lifetime, jitter))
        assert.isAtMost(lifetime - endMillis, Math.min(0.1 * lifetime, 5000) + 1e-3)
        assert.isBelow(advisoryMillis, mandatoryMillis)
        assert.isBelow(mandatoryMillis, endMillis)
        assert.isAtMost(endMillis - advisoryMillis, Math.min(0.2 * lifetime, 300_000) + 1e-3)
        assert.isAtMost(endMillis - mandatoryMillis, Math.min(0.05 * lifetime, 60_000) + 1e-3)
      })
    )
  })

  it("ask at most 20 times for a token of 1 year whose source gives the same one again and again", () => {
    let now = 0
    let asks = 0
    const endMillis = year - 5000
    while (asks < 1000) {
      const windows = RefreshWindow.instants({
        arrivedMillis: now,
        expiresMillis: asks === 0 ? year : endMillis,
        recheckMillis: undefined,
        policy: asks === 0 ? policy : { ...policy, skewMillis: 0 },
        jitter: 0
      })
      if (windows.advisoryMillis >= endMillis - 1) break
      now = windows.advisoryMillis
      asks++
    }
    assert.isAtMost(asks, 20)
  })

  it("open no earlier than they are put off to, and end where they ended", () => {
    const windows = RefreshWindow.instants(life(hour))
    assert.deepStrictEqual(RefreshWindow.later(windows, 3_500_000), {
      ...windows,
      advisoryMillis: 3_500_000
    })
    assert.deepStrictEqual(RefreshWindow.later(windows, 2 * hour), {
      advisoryMillis: 3_595_000,
      mandatoryMillis: 3_595_000,
      endMillis: 3_595_000,
      recheckMillis: Infinity
    })
  })
})
