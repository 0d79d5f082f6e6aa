/**
 * Alerts about the contract itself: the provider does not keep it, or announces its end; rules belong to another version of it.
 *
 * Neighbours: `OutcomeAlerts` has what became of single calls.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ContractHash from "surety/signals/ContractHash"
import * as ProviderSeries from "surety/signals/ProviderSeries"
import * as SignalName from "surety/signals/SignalName"
import * as TelemetrySeries from "surety/signals/TelemetrySeries"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"
import * as Horizon from "./Horizon.ts"

/** @category names @since 0.1.0 */
export const sunset = "IntegrationSunsetAnnounced"

/**
 * How long before the end of an operation somebody is told.
 *
 * @category constants
 * @since 0.1.0
 */
export const horizons: ReadonlyArray<Horizon.Horizon> = Horizon.both(90, 14)

/** @category names @since 0.1.0 */
export const drift = "IntegrationContractDrift"

/** @category names @since 0.1.0 */
export const absent = "IntegrationTelemetryAbsent"

/** @category names @since 0.1.0 */
export const outdated = "IntegrationRulesOutdated"

/** @category names @since 0.1.0 */
export const dropped = "IntegrationTelemetryDropped"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> =>
  [
    ...horizons.map((horizon) => Horizon.draft(horizon, endingOf(query))),
    driftDraft(query),
    absentDraft(query),
    droppedDraft(query),
    outdatedDraft(query)
  ].flatMap((draft) => AlertDraft.make(query, draft))

const firstOf = (query: Query.Query): string => Object.keys(query.contract.operations)[0] ?? ""

const endingOf = (query: Query.Query): Horizon.Ending => {
  const label = query.label(SignalName.operation)
  const operation = firstOf(query)
  return {
    name: sunset,
    summary: `{{ $labels.${label} }} will be gone in less than {days} days`,
    meaning:
      "An operation ends within {days} days, as the provider announced in its answers or the contract declares. After that it answers with errors.",
    end: query.series(SignalName.sunsetTime),
    by: query.by(SignalName.operation),
    sample: query.sample(SignalName.sunsetTime, { [SignalName.operation]: operation }),
    labels: { [label]: operation },
    what: "an operation ends"
  }
}

const driftDraft = (query: Query.Query): AlertDraft.Draft => {
  const label = query.label(SignalName.operation)
  const operation = firstOf(query)
  const violation = SignalName.violations[0]
  const sample = query.sample(SignalName.contractViolations, { [SignalName.operation]: operation, violation })
  // twice the calls that it needs, so that one which is missing does not end it
  const minutes = Demand.span(query.options, { calls: 6, leastMinutes: 15 })
  const title = "fires when one answer a minute breaks the contract"
  const silent = "stays silent when two did in a quarter of an hour"
  const outage = "stays silent in an outage of statuses that nobody declared"
  // a gateway's 502 is an outage, which is told of by other alerts
  const kept = { [SignalName.operation]: operation, violation: SignalName.violations[1] }
  return {
    name: drift,
    summary: `{{ $labels.${label} }} does not answer as its contract says: {{ $labels.violation }}`,
    meaning: `At least three answers in ${minutes} minutes did not keep the contract in the same way: the provider changed something, or the contract was always wrong. The log event says where; it never holds what was sent.`,
    expr: `sum ${query.by(SignalName.operation, "violation")} (increase(${query.series(SignalName.contractViolations, [["violation", "!=", SignalName.violations[1]]])}[${minutes}m])) >= 3`,
    keepFiringForMinutes: 60,
    severity: query.contract.criticality === "critical" ? "page" : "ticket",
    trials: [
      { title, atMinutes: 20, inputs: [Samples.growing(sample, 1)], labels: { [label]: operation, violation } },
      {
        title: silent,
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [0, 10],
            [2, 1]
          ])
        ]
      },
      { title: outage, atMinutes: 20, inputs: [Samples.growing(query.sample(SignalName.contractViolations, kept), 1)] }
    ],
    damage: [
      { from: ">= 3", to: ">= 300", caughtBy: title },
      { from: 'violation!="undeclared_5xx"', to: 'violation!="none"', caughtBy: outage },
      { from: ">= 3", to: ">= 1", caughtBy: silent }
    ]
  }
}

const infoSample = (query: Query.Query, over: Readonly<Record<string, string>> = {}): string =>
  query.sample(SignalName.contractInfo, { ...ProviderSeries.infoOf(query.contract), ...over })

const absentDraft = (query: Query.Query): AlertDraft.Draft => {
  const title = "fires when nobody reports for five minutes"
  const silent = "stays silent while somebody reports"
  const series = query.series(SignalName.contractInfo)
  return {
    name: absent,
    summary: "no process reports anything about it",
    meaning:
      "No process that uses this provider was seen for five minutes: it is down, it is not scraped, or its exporter drops what it has. Every other alert of this provider is blind meanwhile.",
    expr: `absent(${series})`,
    forMinutes: 5,
    severity: "page",
    trials: [
      { title, atMinutes: 15, inputs: [Samples.constant("up", 1)], labels: query.options.selector ?? {} },
      { title: silent, atMinutes: 15, inputs: [Samples.constant(infoSample(query), 1)] }
    ],
    damage: [
      { from: "absent(", to: "absent(1 < ", caughtBy: silent },
      { from: "absent(", to: "(", caughtBy: title }
    ]
  }
}

const droppedDraft = (query: Query.Query): AlertDraft.Draft => {
  const [lost] = TelemetrySeries.dropped
  const reason = { ...lost?.attributes }
  const on = (instance: string): Readonly<Record<string, string>> => ({ job: "shop", instance })
  const series = query.process(SignalName.telemetryDropped, { ...reason, ...on("a") })
  const title = "fires when a process gave up telemetry, once"
  const silent = "stays silent while nothing more is lost"
  const other = "stays silent for what another process lost, which does not use this provider"
  const runs = Samples.constant(infoSample(query, on("a")), 1)
  return {
    name: dropped,
    summary: "a process gives up telemetry: {{ $labels.signal }}, {{ $labels.reason }}",
    meaning:
      "In the last 15 minutes a process that uses this provider gave up some of its own telemetry. What is gone does not come back, and while it goes on, alerts and dashboards judge by what is left.",
    expr: `sum by (signal, reason) (\n  increase(${query.process(SignalName.telemetryDropped)}[15m])\n  and on (job, instance) ${query.series(SignalName.contractInfo)}\n) > 0`,
    keepFiringForMinutes: 15,
    severity: "ticket",
    trials: [
      {
        title,
        atMinutes: 20,
        inputs: [
          runs,
          Samples.steps(series, [
            [0, 10],
            [100, 1]
          ])
        ],
        labels: reason
      },
      { title: silent, atMinutes: 20, inputs: [runs, Samples.constant(series, 100)] },
      {
        title: other,
        atMinutes: 20,
        inputs: [
          runs,
          Samples.steps(query.process(SignalName.telemetryDropped, { ...reason, ...on("b") }), [
            [0, 10],
            [100, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: "\n) > 0", to: "\n) > 1000", caughtBy: title },
      { from: "\n) > 0", to: "\n) >= 0", caughtBy: silent },
      { from: "on (job, instance)", to: "on (job)", caughtBy: other }
    ]
  }
}

const outdatedDraft = (query: Query.Query): AlertDraft.Draft => {
  const hash = ContractHash.of(query.contract)
  const other = "0000000000000"
  const title = "fires when another contract has run for more than an hour"
  return {
    name: outdated,
    summary: "a process runs another contract than the rules were made from: {{ $labels.hash }}",
    meaning: `These rules were generated from the contract ${hash}. For an hour a process has run another one, so that thresholds, operations and objectives may not be its own: generate them again and deploy them with it.`,
    expr: `count ${query.by("hash")} (${query.series(SignalName.contractInfo, [["hash", "!=", hash]])}) > 0`,
    forMinutes: 60,
    severity: "ticket",
    trials: [
      {
        title,
        atMinutes: 80,
        inputs: [Samples.constant(infoSample(query, { hash: other }), 1)],
        labels: { hash: other }
      },
      { title: "stays silent for its own contract", atMinutes: 80, inputs: [Samples.constant(infoSample(query), 1)] }
    ],
    damage: [
      { from: "> 0", to: "> 1", caughtBy: title },
      { from: `"${hash}"`, to: '"none"', caughtBy: "stays silent for its own contract" }
    ]
  }
}
