/**
 * The alert about a store that processes share for their limits and their circuit, and that does not answer: where calls go on
 * without it (`onStoreError: "open"`), each process keeps to the whole limit by itself, and no call tells.
 *
 * Neighbours: `LocalAlerts` has the calls that are refused where they do not go on; `LimitAlerts` what the provider then says.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"

/** @category names @since 0.1.0 */
export const failing = "IntegrationGuardStoreFailing"

/** Fewer are no news. */
const least = 3

/** More for each call are. */
const share = 0.1

/**
 * For every contract: whether a process has such a store is not in it, and one without has the series at 0.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => AlertDraft.make(query, failingDraft(query))

const failingDraft = (query: Query.Query): AlertDraft.Draft => {
  // a ticket may come late, and a store that is started again is no news
  const minutes = Demand.span(query.options, { calls: 2 * least, leastMinutes: 30 })
  const increase = (series: string): string => `sum ${query.by()} (increase(${series}[${minutes}m]))`
  const errors = increase(query.series(SignalName.storeErrors))
  const calls = increase(query.series(SignalName.operationDuration, [], "count"))
  const failed = query.sample(SignalName.storeErrors, {})
  const succeeded = Samples.ended(query, ({ outcome }) => outcome === "success")
  const inputs = (perMinute: number): ReadonlyArray<Alert.Input> => [
    Samples.growing(failed, perMinute),
    Samples.growing(succeeded, 100)
  ]
  const atMinutes = minutes + 20
  const fifth = "fires when it fails for one call in five"
  const twentieth = "stays silent when it fails for one call in twenty"
  const few = "stays silent at two failures in a quiet night"
  const { onStoreError } = query.contract.limits
  return {
    name: failing,
    summary: "the store that processes share for limits and circuit does not answer",
    meaning: `Over ${minutes} minutes, the store failed, or was silent for too long, more than once in ten calls and at least ${least} times. ${
      onStoreError === "open"
        ? "Calls go on, as the contract says, but each process keeps to the limits by itself: all together may send that many times more, and none hears of a circuit that another one opened."
        : "Calls are refused until it is back, as the contract says."
    }`,
    expr: `${errors}\n  > ${share} * ${calls}\nand ${errors} >= ${least}`,
    forMinutes: 10,
    severity: "ticket",
    trials: [
      { title: fifth, atMinutes, inputs: inputs(20), labels: {} },
      { title: twentieth, atMinutes, inputs: inputs(5) },
      {
        title: few,
        atMinutes: 25,
        inputs: [
          Samples.steps(failed, [
            [0, 5],
            [2, 1]
          ]),
          Samples.steps(succeeded, [
            [0, 5],
            [2, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: `${share} *`, to: "0.5 *", caughtBy: fifth },
      { from: `${share} *`, to: "0.01 *", caughtBy: twentieth },
      { from: `>= ${least}`, to: ">= 1", caughtBy: few },
      { from: `>= ${least}`, to: ">= 300000", caughtBy: fifth }
    ]
  }
}
