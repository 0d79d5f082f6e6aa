/**
 * Alerts about calls that are sent more than once: a retry budget that is spent, more requests for each call than it allows.
 *
 * Neighbours: `Amplification` has the contract's own maximum.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Stopped } from "surety/CallError"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Amplification from "../Amplification.ts"
import * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"

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
  const operation = Object.keys(query.contract.operations)[0] ?? ""
  const sample = query.sample(SignalName.retryBudget, {})
  const givenUp = (reason: Stopped): string =>
    query.sample(SignalName.retrySuppressed, { [SignalName.operation]: operation, reason })
  const reason: Stopped = "retry-budget"
  const suppressed = query.series(SignalName.retrySuppressed, [["reason", "=", reason]])
  const minutes = Demand.minutes(query.options)
  const title = "fires when less than a tenth is left for ten minutes, and one retry a minute is given up for it"
  const short = "stays silent at a fifth, and when it was spent for a moment"
  const over = "stays silent when nobody calls any more, though the budget stays spent"
  const others = "stays silent while retries are given up for other reasons"
  return {
    name: exhausted,
    summary: "the retry budget is spent, and retries are given up",
    meaning: `For five minutes one process had less than a tenth of its retry budget, and retries are given up for it: so many attempts fail that callers get errors that a retry would have hidden. It ends when successes have filled the budget, or ${minutes} minutes after the last retry that was given up: nothing but a call fills a budget.`,
    expr: `min ${query.by()} (${query.series(SignalName.retryBudget)}) < 0.1\nand sum ${query.by()} (increase(${suppressed}[${minutes}m])) > 0`,
    forMinutes: 5,
    severity: "ticket",
    trials: [
      {
        title,
        atMinutes: 10,
        inputs: [Samples.constant(sample, 0.05), Samples.growing(givenUp(reason), 1)],
        labels: {}
      },
      {
        title: short,
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [1, 5],
            [0.02, 3],
            [0.2, 1]
          ]),
          Samples.growing(givenUp(reason), 1)
        ]
      },
      {
        title: over,
        atMinutes: minutes + 10,
        inputs: [
          Samples.constant(sample, 0.05),
          Samples.steps(givenUp(reason), [
            [0, 3],
            [5, 1]
          ])
        ]
      },
      {
        title: others,
        atMinutes: 20,
        inputs: [
          Samples.constant(sample, 0.05),
          Samples.constant(givenUp(reason), 0),
          Samples.growing(givenUp("attempts"), 10)
        ]
      }
    ],
    damage: [
      { from: "< 0.1", to: "< 0.01", caughtBy: title },
      { from: "< 0.1", to: "< 0.5", caughtBy: short },
      { from: "> 0", to: ">= 0", caughtBy: over },
      { from: `reason="${reason}"`, to: 'reason!=""', caughtBy: others }
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
  const few = "stays silent when every other call is retried, and there are four in ten minutes"
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
        title: few,
        atMinutes: 30,
        inputs: [Samples.growing(sample("original"), 0.4), Samples.growing(sample("retry"), 0.2)]
      }
    ],
    damage: [
      { from: `> ${bound}`, to: "> 1000", caughtBy: title },
      { from: `> ${bound}`, to: "> 1", caughtBy: "stays silent at half of what the budget sustains" },
      ...(sustained < 1.5 ? [{ from: ">= 5", to: ">= 0", caughtBy: few }] : [])
    ]
  }
}
