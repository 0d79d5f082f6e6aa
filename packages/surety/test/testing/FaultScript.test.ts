import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Draw, Fault, FaultScript } from "../../src/testing/index.ts"

const facts = (some: Partial<FaultScript.RequestFacts> = {}): FaultScript.RequestFacts => ({
  index: 0,
  elapsedMillis: 0,
  method: "POST",
  path: "/v1/charges",
  key: "order-1",
  attempt: 1,
  ...some
})

const tags = (script: FaultScript.FaultScript, requests: ReadonlyArray<FaultScript.RequestFacts>): string => {
  let state = FaultScript.initial
  return requests
    .map((request) => {
      const decision = FaultScript.decide(script, state, request)
      state = decision.state
      return decision.fault._tag
    })
    .join(" ")
}

const many = (count: number): ReadonlyArray<FaultScript.RequestFacts> =>
  Array.from({ length: count }, (_, index) => facts({ index, elapsedMillis: index * 100 }))

const { cutAfter, ok, refuse, resetAfter, resetBefore } = Fault

interface Case {
  readonly name: string
  readonly script: FaultScript.FaultScript
  readonly requests: ReadonlyArray<FaultScript.RequestFacts>
  readonly tags: string
}

const cases: ReadonlyArray<Case> = [
  { name: "none has 0 faults", script: FaultScript.none, requests: many(2), tags: "Ok Ok" },
  {
    name: "of gives the nth request the nth fault, then ok",
    script: FaultScript.of(resetBefore, ok, resetAfter),
    requests: many(5),
    tags: "ResetBefore Ok ResetAfter Ok Ok"
  },
  {
    name: "repeat of 1 fault 2 times hits 2 requests",
    script: FaultScript.repeat(resetBefore, 2),
    requests: many(3),
    tags: "ResetBefore ResetBefore Ok"
  },
  {
    name: "repeat of 2 faults without a count goes on for ever",
    script: FaultScript.repeat([resetBefore, ok]),
    requests: many(5),
    tags: "ResetBefore Ok ResetBefore Ok ResetBefore"
  },
  { name: "repeat of 0 faults has no fault", script: FaultScript.repeat([]), requests: many(1), tags: "Ok" },
  {
    name: "window holds from 100 ms until just before 300 ms",
    script: FaultScript.window({ from: "100 millis", to: "300 millis" }, refuse),
    requests: many(5),
    tags: "Ok Refuse Refuse Ok Ok"
  },
  {
    name: "window counts only its own requests for the script inside",
    script: FaultScript.window({ from: "200 millis", to: "1 second" }, FaultScript.of(resetAfter)),
    requests: many(4),
    tags: "Ok Ok ResetAfter Ok"
  },
  {
    name: "when matches the method in any case",
    script: FaultScript.when({ method: "post" }, resetAfter),
    requests: [facts({ method: "GET" }), facts()],
    tags: "Ok ResetAfter"
  },
  {
    name: "when matches attempt 2 only",
    script: FaultScript.when({ attempt: 2 }, resetAfter),
    requests: [facts(), facts({ attempt: 2 }), facts({ attempt: 3 })],
    tags: "Ok ResetAfter Ok"
  },
  {
    name: "when matches a key as a whole, and no key never",
    script: FaultScript.when({ key: "order-1" }, resetAfter),
    requests: [facts({ key: "order-10" }), facts(), facts({ key: undefined })],
    tags: "Ok ResetAfter Ok"
  },
  {
    name: "when matches a key by a global RegExp 2 times in a row",
    script: FaultScript.when({ key: /^order-/g }, resetAfter),
    requests: [facts(), facts(), facts({ key: undefined })],
    tags: "ResetAfter ResetAfter Ok"
  },
  {
    name: "* in a path stands for 1 segment",
    script: FaultScript.when({ path: "/v1/*/cancel" }, resetAfter),
    requests: [facts({ path: "/v1/pi_1/cancel" }), facts({ path: "/v1/a/b/cancel" }), facts({ path: "/v1/pi_1" })],
    tags: "ResetAfter Ok Ok"
  },
  {
    name: "** in a path stands for any number of segments",
    script: FaultScript.when({ path: "/v1/**" }, resetAfter),
    requests: [facts({ path: "/v1/a/b" }), facts({ path: "/v2/a" })],
    tags: "ResetAfter Ok"
  },
  {
    name: "a dot in a path is a dot and nothing else",
    script: FaultScript.when({ path: "/a.json" }, resetAfter),
    requests: [facts({ path: "/a.json" }), facts({ path: "/axjson" })],
    tags: "ResetAfter Ok"
  },
  {
    name: "all takes the first fault and does not ask the scripts after it",
    script: FaultScript.all(FaultScript.of(ok, resetBefore), FaultScript.of(resetAfter, cutAfter(1))),
    requests: many(4),
    tags: "ResetAfter ResetBefore CutAfter Ok"
  },
  {
    name: "sometimes at rate 0 hits 0 of 3",
    script: FaultScript.sometimes({ seed: 1, rate: 0 }, resetAfter),
    requests: many(3),
    tags: "Ok Ok Ok"
  },
  {
    name: "sometimes at rate 1 hits 3 of 3",
    script: FaultScript.sometimes({ seed: 1, rate: 1 }, resetAfter),
    requests: many(3),
    tags: "ResetAfter ResetAfter ResetAfter"
  }
]

describe("FaultScript", () => {
  for (const entry of cases) {
    it(entry.name, () => assert.strictEqual(tags(entry.script, entry.requests), entry.tags))
  }

  it("sometimes at rate 0.1 hits between 8 % and 12 % of 10,000, and others under another seed", () => {
    const hits = (seed: number) => tags(FaultScript.sometimes({ seed, rate: 0.1 }, resetAfter), many(10_000))
    const share = hits(7).split("ResetAfter").length - 1
    assert.isTrue(share > 800 && share < 1200, `${share} of 10,000`)
    assert.notStrictEqual(hits(7), hits(8))
  })

  it("sometimes by request hits the same 100 requests in whatever order they arrive", () => {
    const script = FaultScript.sometimes({ seed: 3, rate: 0.5, by: "request" }, resetAfter)
    const requests = Array.from({ length: 100 }, (_, index) => facts({ key: `order-${index}` }))
    const forward = tags(script, requests).split(" ")
    const backward = tags(script, [...requests].reverse()).split(" ")
    assert.deepStrictEqual(backward.reverse(), forward)
  })

  it("answers the same for the same script, seed and requests, and never writes to the state it was given", () =>
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.record({ attempt: fc.integer({ min: 1, max: 5 }), elapsedMillis: fc.nat(5000) }), {
          maxLength: 50
        }),
        (seed, rate, some) => {
          const make = () =>
            FaultScript.all(
              FaultScript.window({ from: "1 second", to: "2 seconds" }, FaultScript.of(refuse, resetBefore)),
              FaultScript.when({ attempt: 2 }, FaultScript.sometimes({ seed, rate }, resetAfter)),
              FaultScript.sometimes({ seed: seed + 1, rate, by: "request" }, FaultScript.repeat([cutAfter(1), ok]))
            )
          const requests = some.map((part, index) => facts({ index, ...part }))
          assert.strictEqual(tags(make(), requests), tags(make(), requests))
          assert.deepStrictEqual(FaultScript.initial, {})
        }
      )
    ))

  it("draws uniformly: each tenth holds 8 % to 12 % of 10,000 draws", () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 10_000; index++) {
      const drawn = Draw.uniform(42, String(index))
      assert.isTrue(drawn >= 0 && drawn < 1)
      tenths[Math.floor(drawn * 10)]! += 1
    }
    for (const count of tenths) assert.isTrue(count > 800 && count < 1200, tenths.join(" "))
  })

  const refusing: ReadonlyArray<readonly [string, FaultScript.FaultScript, number, boolean]> = [
    ["a window of refuse", FaultScript.window({ from: 0, to: "1 second" }, refuse), 1, false],
    [
      "2 windows under all",
      FaultScript.all(
        FaultScript.of(resetAfter),
        FaultScript.window({ from: 0, to: 1 }, refuse),
        FaultScript.window({ from: 2, to: 3 }, refuse)
      ),
      2,
      false
    ],
    ["a counted refuse", FaultScript.of(refuse), 0, true],
    ["a counted refuse in a window", FaultScript.window({ from: 0, to: 1 }, FaultScript.of(refuse)), 0, true],
    ["a window under when", FaultScript.when({}, FaultScript.window({ from: 0, to: 1 }, refuse)), 0, true],
    ["an occasional refuse", FaultScript.sometimes({ seed: 1, rate: 0.5 }, refuse), 0, true],
    ["no refuse", FaultScript.window({ from: 0, to: 1 }, resetBefore), 0, false],
    ["an empty repeat in a window", FaultScript.window({ from: 0, to: 1 }, FaultScript.repeat([])), 0, false]
  ]
  for (const [name, script, windows, scattered] of refusing) {
    it(`sees ${windows} refusal windows in ${name}`, () => {
      const found = FaultScript.refusals(script)
      assert.strictEqual(found.windows.length, windows)
      assert.strictEqual(found.scattered, scattered)
    })
  }
})
