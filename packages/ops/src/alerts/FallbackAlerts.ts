/**
 * The alert about answers that are none of the provider's: a fallback is served, call after call. To the objective such a call
 * went well, and it has no fault, so that nothing else would ring when every answer is made up, for days.
 *
 * Neighbours: `SloAlerts` has the calls that fail; `LocalAlerts` those that we refuse.
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
export const degraded = "IntegrationDegraded"

/** Fewer are no news. */
const least = 3

/** More of the calls that count is. */
const share = 0.1

/**
 * None for a contract of which no operation has a fallback.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => {
  const [operation] = Object.values(query.contract.operations).filter(({ fallback }) => fallback !== undefined)
  return operation === undefined ? [] : AlertDraft.make(query, degradedDraft(query, operation.name))
}

const degradedDraft = (query: Query.Query, operation: string): AlertDraft.Draft => {
  const label = query.label(SignalName.operation)
  // a ticket may come late: twice the calls that it needs, so that one which is missing does not end it
  const minutes = Demand.span(query.options, { calls: 2 * least, leastMinutes: 30 })
  const increase = (matcher: Query.Matcher): string =>
    `sum ${query.by(SignalName.operation)} (increase(${query.series(SignalName.operationDuration, [matcher], "count")}[${minutes}m]))`
  const served = increase([SignalName.outcome, "=", "degraded"])
  const counted = increase([SignalName.errorFault, "!~", "caller|cancelled"])
  const ended = (outcome: string, more: Readonly<Record<string, string>> = {}): string =>
    query.sample(
      SignalName.operationDuration,
      { [SignalName.operation]: operation, [SignalName.outcome]: outcome, ...more },
      "count"
    )
  const isolated = (value: number): Alert.Input =>
    Samples.constant(query.sample(SignalName.circuitState, { state: "isolated" }), value)
  const inputs = (perMinute: number): ReadonlyArray<Alert.Input> => [
    Samples.growing(ended("degraded"), perMinute),
    Samples.growing(ended("success"), 100 - perMinute)
  ]
  const atMinutes = minutes + 20
  const fifth = "fires when one answer in five is a fallback"
  const byHand = "fires when every answer is one because somebody has isolated the circuit"
  const twentieth = "stays silent when one answer in twenty is"
  const few = "stays silent at two fallbacks in a quiet night"
  const failing = "stays silent when calls fail without a fallback"
  const short = "stays silent while it is as young as five minutes"
  return {
    name: degraded,
    summary: `callers of {{ $labels.${label} }} get a fallback and no answer of the provider`,
    meaning: `Over ${minutes} minutes, more than a tenth of an operation's calls, and at least ${least}, ended with the declared fallback. Callers go on and the objective counts those calls as good, but what they got is kept, constant or somebody else's. It tells while somebody has isolated the circuit too: that is what callers get meanwhile.`,
    expr: `${served}\n  > ${share} * ${counted}\nand ${served} >= ${least}`,
    forMinutes: 10,
    severity: "ticket",
    trials: [
      { title: fifth, atMinutes, inputs: inputs(20), labels: { [label]: operation } },
      { title: byHand, atMinutes, inputs: [...inputs(100), isolated(1)], labels: { [label]: operation } },
      { title: twentieth, atMinutes, inputs: inputs(5) },
      {
        title: few,
        atMinutes: 25,
        inputs: [
          Samples.steps(ended("degraded"), [
            [0, 5],
            [2, 1]
          ]),
          Samples.constant(ended("success"), 0)
        ]
      },
      {
        title: failing,
        atMinutes,
        inputs: [Samples.constant(ended("degraded"), 0), Samples.growing(Samples.failing(query).series, 100)]
      },
      { title: short, atMinutes: 5, inputs: inputs(100) }
    ],
    damage: [
      { from: `${share} *`, to: "0.5 *", caughtBy: fifth },
      { from: `${share} *`, to: "0.01 *", caughtBy: twentieth },
      { from: `>= ${least}`, to: ">= 1", caughtBy: few },
      { from: `>= ${least}`, to: ">= 300000", caughtBy: byHand },
      { from: '="degraded"', to: '=~"degraded|failure"', caughtBy: failing }
    ]
  }
}
