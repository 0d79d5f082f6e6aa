// A retry budget of which nothing was taken is whole.
//
// A budget without a floor read 0 before the first call, as if it were spent: an alert about it rang at every start.
import { assert, it } from "@effect/vitest"
import { RetryBudget } from "surety"
import { Budget } from "../../packages/surety/src/engine/Budget.ts"

it("a budget of 10 % and no floor is 1 before any call, and after a quiet window again", () => {
  const budget = new Budget(RetryBudget.ratio({ ratio: 0.1, per: "10 seconds", floor: 0 }))
  assert.strictEqual(budget.available(0), 1)
  for (let call = 0; call < 10; call++) budget.begin(0)
  assert.isTrue(budget.take(1, 0))
  assert.strictEqual(budget.available(0), 0)
  assert.isFalse(budget.take(1, 0))
  assert.strictEqual(budget.available(60_000), 1)
})
