/**
 * The alert about an audit trail that loses events: who used which secret for what is then not known any more, no call fails,
 * and nobody would look.
 *
 * Neighbours: `surety/credential/Auditor` counts them, of a process and of no provider; `ContractAlerts` has telemetry that is
 * lost.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ProviderSeries from "surety/signals/ProviderSeries"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Options from "../Options.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"

/** @category names @since 0.1.0 */
export const dropped = "IntegrationAuditDropped"

/**
 * For a credential that has a `Lifecycle`, which is what writes the trail. Whether a process has an auditor is not in the
 * contract; one without has no such series, and nothing to lose.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> =>
  Options.watchedCredential(query.contract, query.options) === undefined
    ? []
    : AlertDraft.make(query, droppedDraft(query))

const droppedDraft = (query: Query.Query): AlertDraft.Draft => {
  const label = query.label(SignalName.auditSink)
  const name = "log"
  const sink = { [SignalName.auditSink]: name }
  const on = (instance: string): Readonly<Record<string, string>> => ({ job: "shop", instance })
  const lost = (instance: string): Alert.Input =>
    Samples.steps(query.process(SignalName.auditDropped, { ...sink, ...on(instance) }), [
      [0, 10],
      [1, 1]
    ])
  const runs = Samples.constant(
    query.sample(SignalName.contractInfo, { ...ProviderSeries.infoOf(query.contract), ...on("a") }),
    1
  )
  const title = "fires when a process lost one event"
  const silent = "stays silent while nothing more is lost"
  const other = "stays silent for what another process lost, which does not use this provider"
  return {
    name: dropped,
    summary: `the audit trail loses events before they reach {{ $labels.${label} }}`,
    meaning:
      "In the last 15 minutes a process that uses this provider gave up events of its audit trail: the sink did not take them, and there was no room for more. Who used which secret for what is not known of that time, and does not come back.",
    expr: `sum by (${label}) (\n  increase(${query.process(SignalName.auditDropped)}[15m])\n  and on (job, instance) ${query.series(SignalName.contractInfo)}\n) > 0`,
    keepFiringForMinutes: 15,
    severity: "ticket",
    trials: [
      { title, atMinutes: 20, inputs: [runs, lost("a")], labels: { [label]: name } },
      {
        title: silent,
        atMinutes: 20,
        inputs: [runs, Samples.constant(query.process(SignalName.auditDropped, { ...sink, ...on("a") }), 100)]
      },
      { title: other, atMinutes: 20, inputs: [runs, lost("b")] }
    ],
    damage: [
      { from: "\n) > 0", to: "\n) > 1000", caughtBy: title },
      { from: "\n) > 0", to: "\n) >= 0", caughtBy: silent },
      { from: "on (job, instance)", to: "on (job)", caughtBy: other }
    ]
  }
}
