/**
 * The alert about what is our own fault: calls that our limits, our shared store or a defect of ours ends. They count for no
 * objective and open no circuit, so that nothing else would ring when every call is refused here.
 *
 * Neighbours: `LimitAlerts` has what comes before a refusal; `CircuitAlerts` a circuit that somebody isolated.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Endings from "surety/signals/Endings"
import * as ErrorType from "surety/signals/ErrorType"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"

/** @category names @since 0.1.0 */
export const fault = "IntegrationLocalFault"

/** Fewer are no news. */
const least = 3

/** More of the calls that count is. */
const share = 0.1

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => AlertDraft.make(query, faultDraft(query))

/** A refusal of ours, but for that of a circuit that somebody isolated. */
const isRefusal = ({ fault, outcome, type }: Endings.Ending): boolean =>
  outcome === "rejected" && fault === "local" && type !== ErrorType.isolated.type

const faultDraft = (query: Query.Query): AlertDraft.Draft => {
  const { contract } = query
  const label = query.label(SignalName.errorType)
  const minutes = Demand.minutes(query.options)
  const increase = (by: string, matcher: Query.Matcher): string =>
    `sum ${by} (increase(${query.series(SignalName.operationDuration, [matcher], "count")}[${minutes}m]))`
  const ours = increase(query.by(SignalName.errorType), [SignalName.errorFault, "=", "local"])
  const counted = increase(query.by(), [SignalName.errorFault, "!~", "caller|cancelled"])
  const on = query.by().replace("by ", "")
  const isolated = query.series(SignalName.circuitState, [["state", "=", "isolated"]])
  const [refusal] = Object.values(contract.operations).flatMap((one) =>
    [...Endings.of(one, contract).values()].filter(isRefusal)
  )
  const refused = Samples.ended(query, isRefusal)
  const succeeded = Samples.ended(query, ({ outcome }) => outcome === "success")
  const failed = Samples.ended(query, ({ fault }) => fault === "provider")
  const state = (value: number): Alert.Input =>
    Samples.constant(query.sample(SignalName.circuitState, { state: "isolated" }), value)
  const inputs = (perMinute: number): ReadonlyArray<Alert.Input> => [
    Samples.growing(refused, perMinute),
    Samples.growing(succeeded, 100 - perMinute),
    state(0)
  ]
  const fifth = "fires when one call in five is refused here"
  const twentieth = "stays silent when one call in twenty is"
  const few = "stays silent at two refusals in a quiet night"
  const other = "stays silent when the provider fails"
  const byHand = "stays silent while somebody has isolated the circuit"
  return {
    name: fault,
    summary: `calls end by our own fault: {{ $labels.${label} }}`,
    meaning: `Over ${minutes} minutes, more than a tenth of the calls, and at least ${least}, were refused by our own limits or the store that they share, or ended by a defect of ours, all in the same way. No objective counts that as bad and no circuit opens: it is not the provider's doing. Silent while somebody has isolated the circuit.`,
    expr: `${ours}\n  > ${on.replace("(", "on (")} group_left () (${share} * ${counted})\nand ${ours} >= ${least}\nunless on ${on} max ${query.by()} (max_over_time(${isolated}[${minutes}m])) == 1`,
    forMinutes: 5,
    severity: "page",
    trials: [
      { title: fifth, atMinutes: 20, inputs: inputs(20), labels: { [label]: refusal?.type ?? "" } },
      { title: twentieth, atMinutes: 20, inputs: inputs(5) },
      {
        title: few,
        atMinutes: 14,
        inputs: [
          Samples.steps(refused, [
            [0, 5],
            [2, 1]
          ]),
          Samples.constant(succeeded, 0),
          state(0)
        ]
      },
      { title: other, atMinutes: 20, inputs: [Samples.constant(refused, 0), Samples.growing(failed, 100), state(0)] },
      { title: byHand, atMinutes: 20, inputs: [Samples.growing(refused, 100), state(1)] }
    ],
    damage: [
      { from: `${share} *`, to: "0.5 *", caughtBy: fifth },
      { from: `${share} *`, to: "0.01 *", caughtBy: twentieth },
      { from: `>= ${least}`, to: ">= 1", caughtBy: few },
      { from: `>= ${least}`, to: ">= 300000", caughtBy: fifth },
      { from: '="local"', to: '=~"local|provider"', caughtBy: other },
      { from: "== 1", to: "== 2", caughtBy: byHand }
    ]
  }
}
