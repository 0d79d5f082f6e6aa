/**
 * Alerts about calls that are sent more than once: a retry budget that is spent, more requests for each call than it allows.
 *
 * Neighbours: `Amplification` has the contract's own maximum.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Amplification from "../Amplification.ts"
import * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"

/** @category names @since 0.1.0 */
export const exhausted = "IntegrationRetryBudgetExhausted"

/** @category names @since 0.1.0 */
export const amplified = "IntegrationRetryAmplification"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => {
  const { sustained } = Amplification.of(query.contract)
  // what is never sent twice needs no budget
  return sustained === undefined
    ? []
    : [exhaustedDraft(query), amplifiedDraft(query, sustained)].flatMap((draft) => AlertDraft.make(query, draft))
}

const exhaustedDraft = (query: Query.Query): AlertDraft.Draft => {
  const sample = query.sample(SignalName.retryBudget, {})
  const title = "fires when less than a tenth is left for ten minutes"
  return {
    name: exhausted,
    summary: "the retry budget is nearly spent",
    meaning:
      "For five minutes one process had less than a tenth of its retry budget: so many attempts fail that retries are given up, and callers get errors that a retry would have hidden.",
    expr: `min ${query.by()} (${query.series(SignalName.retryBudget)}) < 0.1`,
    forMinutes: 5,
    severity: "ticket",
    trials: [
      { title, atMinutes: 10, inputs: [Samples.constant(sample, 0.05)], labels: {} },
      {
        title: "stays silent at a fifth, and when it was spent for a moment",
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [1, 5],
            [0.02, 3],
            [0.2, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: "< 0.1", to: "< 0.01", caughtBy: title },
      { from: "< 0.1", to: "< 0.5", caughtBy: "stays silent at a fifth, and when it was spent for a moment" }
    ]
  }
}

const amplifiedDraft = (query: Query.Query, sustained: number): AlertDraft.Draft => {
  const operation = Object.keys(query.contract.operations)[0] ?? ""
  const sample = (type: string): string =>
    query.sample(SignalName.attempts, { [SignalName.operation]: operation, "attempt.type": type })
  const increase = (type: string): string =>
    `sum(increase(${query.series(SignalName.attempts, [["attempt.type", "=~", type]])}[10m]))`
  const [again, first] = [increase("retry|hedge"), increase("original")]
  const bound = Query.number(sustained)
  const inputs = (ratio: number): ReadonlyArray<Alert.Input> => [
    Samples.growing(sample("original"), 1000),
    Samples.growing(sample("retry"), 1000 * (ratio - 1))
  ]
  const title = "fires when calls become more requests than the budget sustains"
  return {
    name: amplified,
    summary: `calls become more than ${bound} requests each`,
    meaning: `Over ten minutes the provider got more than ${bound} requests for each call, which is what the retry budget of the contract sustains: first attempts fail and second ones succeed, or a hedge is sent too soon. We are part of the provider's load problem.`,
    expr: `1 + ${again} / ${first} > ${bound}\nand ${again} >= 5`,
    forMinutes: 10,
    severity: "ticket",
    trials: [
      { title, atMinutes: 30, inputs: inputs(1 + (sustained - 1) * 1.5), labels: {} },
      {
        title: "stays silent at half of what the budget sustains",
        atMinutes: 30,
        inputs: inputs(1 + (sustained - 1) / 2)
      },
      {
        title: "stays silent when one of two calls was retried once",
        atMinutes: 15,
        inputs: [
          Samples.steps(sample("original"), [
            [0, 2],
            [2, 1]
          ]),
          Samples.steps(sample("retry"), [
            [0, 2],
            [1, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: `> ${bound}`, to: "> 1000", caughtBy: title },
      { from: `> ${bound}`, to: "> 1", caughtBy: "stays silent at half of what the budget sustains" }
    ]
  }
}
