/**
 * The rows of a dashboard that explain: guards, credentials, what the provider changes and what is left open. A panel exists
 * only where the contract has its series.
 *
 * Neighbours: `DashboardRows` puts the rows together; `DashboardCalls` has what callers feel.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
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
        type: "state-timeline",
        title: "Circuit",
        description: "Processes in each state.",
        unit: "short",
        width: 12,
        height: 8,
        targets: [{ expr: `sum ${by("state")} (${series(SignalName.circuitState)})`, legend: "{{state}}" }]
      },
      {
        type: "timeseries",
        title: "Calls on the wire and in the queue",
        description: "Over all processes, against what they allow together.",
        unit: "short",
        width: 12,
        height: 8,
        targets: [
          { expr: `sum(${series(SignalName.concurrencyInFlight)})`, legend: "on the wire" },
          { expr: `sum(${series(SignalName.concurrencyQueued)})`, legend: "queued" },
          { expr: `sum(${series(SignalName.concurrencyLimit)})`, legend: "limit" }
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
export const changes = (query: Query.Query, known: ReadonlySet<string>): Row => {
  const { by, series } = query
  return {
    title: "What the provider changes, and what is left open",
    panels: [
      {
        type: "timeseries",
        title: "Contract drift",
        description: "Answers that do not fit the contract, in five minutes.",
        unit: "short",
        width: 12,
        height: 8,
        targets: [
          {
            expr: `sum ${by(operation, "violation")} (increase(${series(SignalName.contractViolations)}[5m])) > 0`,
            legend: `${label(query, operation)} {{violation}}`
          }
        ]
      },
      {
        type: "table",
        title: "Announced ends, in days",
        description: "From the answers of the provider. Empty when nothing was announced.",
        unit: "d",
        width: 6,
        height: 8,
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
        targets: [
          {
            expr: `sum ${by(operation, "kind")} (increase(${series(SignalName.deprecationResponses)}[1h])) > 0`,
            legend: `${label(query, operation)} {{kind}}`
          }
        ]
      },
      ...(known.has(SignalName.unknown.name)
        ? [
            {
              type: "timeseries",
              title: "Outcomes that are not known",
              description: "Mutations that were sent, got no answer and were not settled yet.",
              unit: "short",
              width: 12,
              height: 8,
              targets: [
                { expr: `sum ${by(operation)} (${series(SignalName.unknown)})`, legend: label(query, operation) }
              ]
            } satisfies Panel
          ]
        : [])
    ]
  }
}
