/** The arithmetic behind the table. */
import { assert, describe, it } from "@effect/vitest"
import * as Figures from "../../examples/main/Figures.ts"
import type { Tracked } from "../../examples/main/OrderService.ts"
import * as Outage from "../../examples/main/Outage.ts"
import type { Exchange } from "../../examples/main/Wire.ts"

const tracked = (id: string, arrivedAt: number, settledAt: number | undefined, lastWord: Tracked["lastWord"]) => ({
  order: { id, amount: 500 },
  arrivedAt,
  settledAt,
  lastWord,
  why: "",
  placements: 1
})

const exchange = (orderId: string, sentAt: number, status: number | undefined, end: Exchange["end"] = "answered") => ({
  orderId,
  sentAt,
  endedAt: sentAt + 10,
  end,
  status
})

const orders = [
  tracked("a", 0, 100, "charged"),
  tracked("b", 0, 1_500, "charged"),
  tracked("c", 900, 1_700, "charged"),
  tracked("d", 950, undefined, "not yet"),
  tracked("e", 960, undefined, "not yet")
]

const facts: Figures.Facts = {
  name: "surety",
  orders,
  wanted: 6,
  keyed: true,
  outage: { from: 500, to: 1_200 },
  endedAt: 3_000,
  charges: new Map([
    ["a", 1],
    ["b", 2],
    ["d", 1]
  ]),
  exchanges: [
    exchange("a", 10, 200),
    exchange("b", 20, undefined, "lost"),
    exchange("b", 600, 503),
    exchange("b", 700, undefined, "not sent"),
    exchange("c", 1_300, 429),
    exchange("c", 1_400, 200)
  ]
}

describe("Figures", () => {
  it("reads charged once, doubled and lost from the ledger", () => {
    // c: believed charged, is not; d: believed not charged, is; e: never; the sixth was not even taken
    assert.deepInclude(Figures.of(facts), { orders: 6, chargedOnce: 2, doubled: 1, lost: 4 })
  })

  it("leaves the 3 figures of the ledger out where there is none", () => {
    const figures = Figures.of({ ...facts, charges: undefined })
    assert.doesNotHaveAnyKeys(figures, ["chargedOnce", "doubled", "lost"])
  })

  it("counts 1 order whose answer was lost, and none as reconciled without a key", () => {
    assert.deepInclude(Figures.of(facts), { unknown: 1, reconciled: 1 })
    assert.deepInclude(Figures.of({ ...facts, keyed: false }), { unknown: 1, reconciled: 0 })
  })

  it("counts 5 requests for 6 orders, 1 of them in the outage, in which 4 orders waited", () => {
    assert.deepInclude(Figures.of(facts), { requestsPerOrder: 0.833, requestsPerOrderInOutage: 0.25, throttled: 1 })
  })

  it("measures recovery to 99 of 100 orders that waited, or to the end where those still wait", () => {
    assert.strictEqual(Figures.of(facts).recoveryMillis, 1_800)
    assert.strictEqual(Figures.of({ ...facts, orders: orders.slice(0, 3) }).recoveryMillis, 500)
    assert.strictEqual(Figures.of({ ...facts, outage: undefined }).recoveryMillis, 0)
  })
})

describe("Outage.seen", () => {
  const down = (count: number, everyMillis: number) =>
    Array.from({ length: count }, (_, index) => exchange("a", 1_000 + index * everyMillis, 503))

  it("is from the first of 5 failures in a row to the first success after them", () => {
    const seen = Outage.seen([exchange("a", 0, 200), ...down(5, 200), exchange("a", 2_000, 200)])
    assert.deepStrictEqual(seen, { from: 1_000, to: 2_010 })
  })

  it("is neither 4 failures nor less than 500 ms of them", () => {
    assert.isUndefined(Outage.seen([...down(4, 300), exchange("a", 3_000, 200)]))
    assert.isUndefined(Outage.seen([...down(20, 10), exchange("a", 1_300, 200)]))
  })

  it("does not end with a 429 or a lost answer", () => {
    const between = [exchange("a", 1_050, 429), exchange("a", 1_060, undefined, "lost")]
    const seen = Outage.seen([...down(5, 200), ...between, exchange("a", 2_000, 200)])
    assert.deepStrictEqual(seen, { from: 1_000, to: 2_010 })
  })
})
