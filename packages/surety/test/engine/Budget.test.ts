import { assert, describe, it } from "@effect/vitest"
import { RetryBudget } from "surety"
import { Budget } from "../../src/engine/Budget.ts"

describe("Budget of tokens", () => {
  it("pays 35 retries of 14 from 500 and refuses the 36th", () => {
    const budget = new Budget(RetryBudget.bucket())
    let paid = 0
    while (budget.take(budget.costOf("outage"), 0)) paid++
    assert.strictEqual(paid, 35)
    assert.isTrue(budget.take(budget.costOf("throttled"), 0))
  })

  it("refills after the recovery: 1 per call that needed no retry, the last cost for one that did", () => {
    const budget = new Budget(RetryBudget.bucket({ capacity: 100 }))
    while (budget.take(14, 0));
    assert.approximately(budget.available(0), 0.02, 1e-9)
    for (let call = 0; call < 28; call++) budget.succeed(0)
    assert.approximately(budget.available(0), 0.3, 1e-9)
    budget.succeed(14)
    assert.approximately(budget.available(0), 0.44, 1e-9)
    for (let call = 0; call < 1000; call++) budget.succeed(14)
    assert.strictEqual(budget.available(0), 1)
  })

  it("takes a payment back for a retry that was never sent", () => {
    const budget = new Budget(RetryBudget.bucket({ capacity: 20 }))
    budget.take(14, 0)
    budget.giveBack(14, 0)
    assert.strictEqual(budget.available(0), 1)
  })
})

describe("Budget of a ratio", () => {
  const declared = RetryBudget.ratio({ ratio: 0.1, per: "10 seconds", floor: 2 })
  const take = (budget: Budget, now: number): number => {
    let paid = 0
    while (budget.take(1, now)) paid++
    return paid
  }

  it("pays 10 retries for 100 calls, and its floor of 2 for none", () => {
    const budget = new Budget(declared)
    assert.strictEqual(take(budget, 0), 2)
    const busy = new Budget(declared)
    for (let call = 0; call < 100; call++) busy.begin(0)
    assert.strictEqual(take(busy, 500), 10)
  })

  it("forgets calls and retries 10 s later, all of them after a long silence", () => {
    const budget = new Budget(declared)
    for (let call = 0; call < 100; call++) budget.begin(0)
    take(budget, 0)
    assert.strictEqual(take(budget, 9_999), 0)
    assert.strictEqual(take(budget, 10_000), 2)
    assert.strictEqual(take(budget, 3_600_000), 2)
    assert.strictEqual(budget.available(3_600_000), 0)
  })

  it("takes a payment back", () => {
    const budget = new Budget(declared)
    take(budget, 0)
    budget.giveBack(1, 1500)
    assert.strictEqual(take(budget, 1500), 1)
  })
})
