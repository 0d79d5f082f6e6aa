/**
 * The rows of a dashboard that explain: guards, credentials and what the provider changes. A panel exists only where the
 * contract has its series.
 *
 * Neighbours: `DashboardRows` puts the rows together; `DashboardCalls` has what callers feel.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import * as StoreAlerts from "./alerts/StoreAlerts.ts"
import type { Panel, Row } from "./DashboardPanel.ts"
import { label, rate } from "./DashboardQuery.ts"
import * as Options from "./Options.ts"
import type * as Query from "./Query.ts"

const { operation } = SignalName

/**
 * @category rows
 * @since 0.1.0
 */
export const guards = (query: Query.Query, known: ReadonlySet<string>): Row => {
  const { by, series } = query
  const buckets = known.has(SignalName.rateRemaining.name)
  return {
    title: "Guards",
    panels: [
      {
        type: "timeseries",
        title: "Circuit",
        description: "Processes in each state.",
        unit: "short",
        width: 12,
        height: 8,
        stack: "normal",
        colors: { closed: "green", "half-open": "yellow", open: "red", isolated: "blue" },
        empty: "no process reports",
        alerts: [CircuitAlerts.open, CircuitAlerts.flapping, CircuitAlerts.isolated],
        targets: [{ expr: `sum ${by("state")} (${series(SignalName.circuitState)})`, legend: "{{state}}" }]
      },
      {
        type: "timeseries",
        title: "Calls on the wire and in the queue",
        description: "Over all processes, against what they allow together.",
        unit: "short",
        width: 12,
        height: 8,
        empty: "no process reports",
        alerts: [LocalAlerts.fault],
        targets: [
          { expr: `sum(${series(SignalName.concurrencyInFlight)})`, legend: "on the wire" },
          { expr: `sum(${series(SignalName.concurrencyQueued)})`, legend: "queued" },
          { expr: `sum(${series(SignalName.concurrencyLimit)})`, legend: "limit", draws: "bound" }
        ]
      },
      ...(buckets
        ? [
            {
              type: "timeseries",
              title: "Tokens left",
              description: "The share of each bucket that is left, on the worst process.",
              unit: "percentunit",
              width: 12,
              height: 8,
              thresholds: [
                ["red", 0],
                ["green", 0.2]
              ],
              empty: "no process reports",
              alerts: [LimitAlerts.saturation],
              targets: [
                {
                  expr: `min ${by(SignalName.limitName)} (${series(SignalName.rateRemaining)} / (${series(SignalName.rateLimit)} > 0))`,
                  legend: label(query, SignalName.limitName)
                }
              ]
            } satisfies Panel,
            {
              type: "timeseries",
              title: "Waiting for a token, p99",
              description: "How long calls wait for their turn, paid from their deadline.",
              unit: "s",
              width: 12,
              height: 8,
              empty: "no calls",
              alerts: [LimitAlerts.queueing],
              targets: [
                {
                  expr: `histogram_quantile(0.99, sum ${by("le", SignalName.limitName)} (${rate(query, SignalName.rateWait, [], "bucket")}))`,
                  legend: label(query, SignalName.limitName)
                }
              ]
            } satisfies Panel
          ]
        : []),
      ...(known.has(SignalName.quotaUsed.name)
        ? [
            {
              type: "timeseries",
              title: "Quota used",
              description: "The share of each long bucket that is spent, on the worst process.",
              unit: "percentunit",
              width: 12,
              height: 8,
              thresholds: [
                ["green", 0],
                ["red", 1]
              ],
              empty: "no process reports",
              alerts: [LimitAlerts.forecast],
              targets: [
                {
                  expr: `max ${by(SignalName.quotaName)} (${series(SignalName.quotaUsed)} / (${series(SignalName.quotaLimit)} > 0))`,
                  legend: label(query, SignalName.quotaName)
                }
              ]
            } satisfies Panel
          ]
        : []),
      {
        type: "timeseries",
        title: "Refused by a guard",
        description: "Calls that were not attempted, a second, by who refused.",
        unit: "reqps",
        width: 12,
        height: 8,
        stack: "normal",
        empty: "no process reports",
        alerts: [LimitAlerts.limited, StoreAlerts.failing],
        targets: [
          { expr: `sum(${rate(query, SignalName.circuitRejections)})`, legend: "circuit" },
          { expr: `sum(${rate(query, SignalName.concurrencyRejections)})`, legend: "concurrency" },
          { expr: `sum ${by("source")} (${rate(query, SignalName.rateRejections)})`, legend: "rate limit, {{source}}" }
        ]
      }
    ]
  }
}

/**
 * @category rows
 * @since 0.1.0
 */
export const credentials = (query: Query.Query): Row => {
  const { by, contract, options, series } = query
  const name = SignalName.credentialName
  return {
    title: "Credentials",
    panels:
      Options.watchedCredential(contract, options) === undefined
        ? []
        : [
            {
              type: "stat",
              title: "Ends in",
              description: "Until the secret in use ends, or should have been replaced.",
              unit: "s",
              width: 6,
              height: 8,
              thresholds: [
                ["red", 0],
                ["yellow", 259_200],
                ["green", 1_209_600]
              ],
              empty: "renewed by itself",
              alerts: [CredentialAlerts.expiring],
              targets: [
                {
                  expr: `min ${by(name)} (${series(SignalName.credentialExpiryTime, [["renewal", "=", "manual"]])} > 0) - time()`,
                  legend: label(query, name)
                }
              ]
            },
            {
              type: "timeseries",
              title: "Refreshes",
              description: "In five minutes, by outcome.",
              unit: "short",
              width: 12,
              height: 8,
              empty: "no process reports",
              alerts: [CredentialAlerts.refreshFailing, CredentialAlerts.refused],
              targets: [
                {
                  expr: `sum ${by(name, "outcome", SignalName.errorType)} (increase(${series(SignalName.credentialRefreshes)}[5m]))`,
                  legend: `${label(query, name)} {{outcome}} ${label(query, SignalName.errorType)}`
                }
              ]
            },
            {
              type: "stat",
              title: "Health",
              description: "Processes by the health of their credential.",
              unit: "short",
              width: 6,
              height: 8,
              empty: "no process reports",
              alerts: [CredentialAlerts.unavailable],
              targets: [
                {
                  expr: `sum ${by(name, "state")} (${series(SignalName.credentialState)}) > 0`,
                  legend: `${label(query, name)} {{state}}`
                }
              ]
            }
          ]
  }
}

/**
 * @category rows
 * @since 0.1.0
 */
export const changes = (query: Query.Query): Row => {
  const { by, series } = query
  return {
    title: "What the provider changes",
    panels: [
      {
        type: "timeseries",
        title: "Contract drift",
        description: "Answers that do not fit the contract, in five minutes.",
        unit: "short",
        width: 12,
        height: 8,
        empty: "every answer fits",
        alerts: [ContractAlerts.drift],
        targets: [
          {
            expr: `sum ${by(operation, "violation")} (increase(${series(SignalName.contractViolations)}[5m])) > 0`,
            legend: `${label(query, operation)} {{violation}}`
          }
        ]
      },
      {
        type: "table",
        title: "Announced ends",
        description: "In how many days operations end, as the provider's answers or the contract say.",
        unit: "d",
        width: 6,
        height: 8,
        thresholds: [
          ["red", 0],
          ["yellow", 14],
          ["green", 90]
        ],
        columns: {
          [query.label(operation)]: "Operation",
          [query.label(SignalName.provider)]: "Provider",
          Value: "Ends in"
        },
        empty: "none was announced",
        alerts: [ContractAlerts.sunset],
        targets: [
          {
            expr: `(min ${by(operation)} (${series(SignalName.sunsetTime)} > 0) - time()) / 86400`,
            legend: label(query, operation)
          }
        ]
      },
      {
        type: "timeseries",
        title: "Deprecation notices",
        description: "Answers with a notice, in an hour.",
        unit: "short",
        width: 6,
        height: 8,
        empty: "no notice",
        alerts: [ContractAlerts.sunset],
        targets: [
          {
            expr: `sum ${by(operation, "kind")} (increase(${series(SignalName.deprecationResponses)}[1h])) > 0`,
            legend: `${label(query, operation)} {{kind}}`
          }
        ]
      }
    ]
  }
}
