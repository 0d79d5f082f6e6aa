/**
 * The rows of a dashboard that callers feel: the objective and its budget, calls, and the attempts they become.
 *
 * Neighbours: `DashboardRows` puts the rows together; `DashboardGuards` has what explains them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import * as TimeBudget from "surety/TimeBudget"
import * as Amount from "./Amount.ts"
import * as Amplification from "./Amplification.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import type { Panel, Row, Target } from "./DashboardPanel.ts"
import { label, rate } from "./DashboardQuery.ts"
import type * as Query from "./Query.ts"
import * as Slo from "./Slo.ts"

const { operation, operationDuration } = SignalName

/**
 * @category rows
 * @since 0.1.0
 */
export const objective = (query: Query.Query): Row => {
  const objectives = Slo.objectives(query.contract)
  const fastest = objectives.flatMap((one) => Slo.windows(one, query.options).slice(0, 1))[0]?.factor
  return {
    title: "Objective",
    panels: [
      {
        type: "stat",
        title: "Budget left",
        description: "The share of the error budget of the whole window that is left. At 0 the promise is broken.",
        unit: "percentunit",
        width: 6,
        height: 8,
        thresholds: [
          ["red", 0],
          ["yellow", 0.1],
          ["green", 0.5]
        ],
        empty: "no calls yet",
        alerts: [SloAlerts.exhausted],
        targets: objectives.map(({ slo }) => ({ expr: query.recorded(Slo.budgetRemaining, { slo }), legend: slo }))
      },
      {
        type: "timeseries",
        title: "How fast the budget burns",
        description: `1 spends exactly the budget by the end of its window${
          fastest === undefined ? "" : `; at ${Amount.number(fastest)} for an hour, the first alert tells`
        }.`,
        unit: "short",
        width: 12,
        height: 8,
        thresholds: [["green", 0], ["yellow", 1], ...(fastest === undefined ? [] : [["red", fastest] as const])],
        empty: "no calls",
        alerts: [SloAlerts.burn],
        targets: objectives.flatMap((one): ReadonlyArray<Target> =>
          ["5m", "1h"].map((window) => ({
            expr: `${Slo.recorded(query, one, "error", window)} / ${one.budget}`,
            legend: `${one.slo} ${window}`
          }))
        )
      },
      running(query)
    ]
  }
}

/**
 * What is left of it where nothing is called.
 *
 * @category rows
 * @since 0.1.0
 */
export const processes = (query: Query.Query): Row => ({ title: "Processes", panels: [running(query)] })

const running = (query: Query.Query): Panel => ({
  type: "stat",
  title: "Processes by contract",
  description: "More than one hash means that processes with different contracts run side by side.",
  unit: "short",
  width: 6,
  height: 8,
  empty: "none reports",
  alerts: [ContractAlerts.absent, ContractAlerts.outdated],
  targets: [{ expr: `count ${query.by("hash")} (${query.series(SignalName.contractInfo)})`, legend: "{{hash}}" }]
})

/**
 * @category rows
 * @since 0.1.0
 */
export const calls = (query: Query.Query): Row => {
  const { by, contract } = query
  const latencies = Object.entries(contract.slo.latency).map(
    ([name, bound]) => [name, Number(name.slice(1)) / 100, TimeBudget.millisOf(bound)] as const
  )
  return {
    title: "Calls",
    panels: [
      {
        type: "timeseries",
        title: "Calls by outcome",
        description: "What callers got, a second.",
        unit: "reqps",
        width: 12,
        height: 8,
        stack: "normal",
        colors: { success: "green", degraded: "yellow", rejected: "orange", failure: "red", cancelled: "blue" },
        empty: "no calls",
        alerts: [SloAlerts.burn, FallbackAlerts.degraded],
        targets: [
          {
            expr: `sum ${by(SignalName.outcome)} (${rate(query, operationDuration, [], "count")})`,
            legend: label(query, SignalName.outcome)
          }
        ]
      },
      {
        type: "timeseries",
        title: "What went wrong, by fault",
        description: "Only provider and network count against the objective.",
        unit: "reqps",
        width: 12,
        height: 8,
        stack: "normal",
        empty: "nothing went wrong",
        alerts: [SloAlerts.burn, LocalAlerts.fault],
        targets: [
          {
            expr: `sum ${by(SignalName.errorFault, SignalName.errorType)} (${rate(query, operationDuration, [[SignalName.errorType, "!=", ""]], "count")}) > 0`,
            legend: `${label(query, SignalName.errorFault)}: ${label(query, SignalName.errorType)}`
          }
        ]
      },
      ...latencies.map(([name, quantile, bound]): Panel => ({
        type: "timeseries",
        title: `Latency ${name}, against ${Amount.time(bound)}`,
        description:
          "Of calls, retries and waits included. The objective is an edge of the buckets, so it is not interpolated.",
        unit: "s",
        width: 12,
        height: 8,
        empty: "no calls",
        alerts: [SloAlerts.latency],
        targets: [
          {
            expr: `histogram_quantile(${quantile}, sum ${by("le", operation)} (${rate(query, operationDuration, [], "bucket")}))`,
            legend: label(query, operation)
          },
          { expr: `vector(${bound / 1000})`, legend: "objective", draws: "bound" }
        ]
      }))
    ]
  }
}

/**
 * @category rows
 * @since 0.1.0
 */
export const attempts = (query: Query.Query): Row => {
  const { by, contract, series } = query
  const { most, sustained } = Amplification.of(contract)
  return {
    title: "Attempts",
    panels: [
      {
        type: "timeseries",
        title: "Attempts by type",
        description: "Requests that left for the provider, a second.",
        unit: "reqps",
        width: 12,
        height: 8,
        stack: "normal",
        colors: { original: "green", retry: "orange", hedge: "yellow", auth_replay: "purple", redirect: "blue" },
        empty: "no attempts",
        targets: [
          {
            expr: `sum ${by("attempt.type")} (${rate(query, SignalName.attempts)})`,
            legend: label(query, "attempt.type")
          }
        ]
      },
      {
        type: "timeseries",
        title: "Amplification",
        description: `Attempts for each call. The contract allows ${most}${sustained === undefined ? "" : `, and ${Amount.number(sustained)} for long`}.`,
        unit: "short",
        width: 12,
        height: 8,
        empty: "no calls",
        alerts: [RetryAlerts.amplified],
        targets: [
          {
            expr: `sum(${rate(query, SignalName.attempts)}) / (sum(${rate(query, operationDuration, [], "count")}) > 0)`,
            legend: "attempts for each call"
          },
          { expr: `vector(${most})`, legend: "at most", draws: "bound" }
        ]
      },
      {
        type: "timeseries",
        title: "Retry budget left",
        description: "On the worst process. At 0 every call is tried once.",
        unit: "percentunit",
        width: 12,
        height: 8,
        thresholds: [
          ["red", 0],
          ["green", 0.1]
        ],
        empty: "no process reports",
        alerts: [RetryAlerts.exhausted],
        targets: [{ expr: `min(${series(SignalName.retryBudget)})`, legend: "worst process" }]
      },
      {
        type: "timeseries",
        title: "Retries that were left out",
        description: "Why a call was not sent again, a second.",
        unit: "reqps",
        width: 12,
        height: 8,
        empty: "none was left out",
        targets: [
          { expr: `sum ${by("reason")} (${rate(query, SignalName.retrySuppressed)}) > 0`, legend: "{{reason}}" }
        ]
      }
    ]
  }
}
