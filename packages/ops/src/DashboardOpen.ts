/**
 * The row of a dashboard with what is still to be done: mutations whose outcome nobody knows, refused keys, and what waits in the
 * queues in front of the provider.
 *
 * Neighbours: `DashboardRows` puts the rows together; `DashboardCalls` has what callers feel, `DashboardGuards` what explains it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as SignalName from "surety/signals/SignalName"
import * as OutcomeAlerts from "./alerts/OutcomeAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as Amount from "./Amount.ts"
import type { Panel, Row } from "./DashboardPanel.ts"
import { label } from "./DashboardQuery.ts"
import type * as Query from "./Query.ts"
import * as QueueSignal from "./QueueSignal.ts"

const { operation } = SignalName

/**
 * @category rows
 * @since 0.1.0
 */
export const open = (query: Query.Query, known: ReadonlySet<string>): Row => ({
  title: "Left open",
  panels: [
    ...(known.has(SignalName.unknown.name) ? outcomes(query) : []),
    ...(known.has(SignalName.idempotencyKeys.name) ? [keys(query)] : []),
    ...queues(query)
  ]
})

const keys = (query: Query.Query): Panel => ({
  type: "timeseries",
  title: "Keys that did not go through",
  description:
    "Idempotency keys in five minutes: of another call (conflict), no longer remembered (expired), or of a call that still runs.",
  unit: "short",
  width: 12,
  height: 8,
  empty: "every key went through",
  alerts: [OutcomeAlerts.conflict],
  targets: [
    {
      expr: `sum ${query.by(operation, "result")} (increase(${query.series(SignalName.idempotencyKeys, [["result", "=~", "conflict|expired|in_progress"]])}[5m])) > 0`,
      legend: `${label(query, operation)} {{result}}`
    }
  ]
})

const outcomes = (query: Query.Query): ReadonlyArray<Panel> => [
  {
    type: "timeseries",
    title: "Outcomes that are not known",
    description: "Mutations that were sent, got no answer and were not settled yet.",
    unit: "short",
    width: 12,
    height: 8,
    empty: "no process reports",
    alerts: [OutcomeAlerts.unknown],
    targets: [
      { expr: `sum ${query.by(operation)} (${query.series(SignalName.unknown)})`, legend: label(query, operation) }
    ]
  },
  {
    type: "timeseries",
    title: "Age of the oldest of them",
    description: "A provider remembers a key only for so long: what is older cannot be asked for by it.",
    unit: "s",
    width: 12,
    height: 8,
    empty: "no process reports",
    alerts: [OutcomeAlerts.unknown],
    targets: [
      { expr: `max ${query.by(operation)} (${query.series(SignalName.unknownAge)})`, legend: label(query, operation) }
    ]
  }
]

const queues = (query: Query.Query): ReadonlyArray<Panel> => {
  const names = Object.entries(query.options.queues ?? {})
  if (names.length === 0) return []
  const of = (age: Duration.Input): string => Amount.time(Duration.toMillis(Duration.fromInputUnsafe(age)))
  const { by, series } = query
  return [
    {
      type: "timeseries",
      title: "Age of the oldest item",
      description: `By queue. Allowed: ${names.map(([name, { maxAge }]) => `${name} ${of(maxAge)}`).join(", ")}.`,
      unit: "s",
      width: 12,
      height: 8,
      empty: "no queue reports",
      alerts: [QueueAlerts.stale],
      targets: [
        {
          expr: `max ${by(QueueSignal.queue)} (${series(QueueSignal.oldestAge)})`,
          legend: label(query, QueueSignal.queue)
        }
      ]
    },
    {
      type: "timeseries",
      title: "Items in queues",
      description: "By queue and state. What is dead waits for somebody.",
      unit: "short",
      width: 12,
      height: 8,
      empty: "no queue reports",
      alerts: [QueueAlerts.backlog, QueueAlerts.deadLettered],
      targets: [
        {
          expr: `sum ${by(QueueSignal.queue, "state")} (${series(QueueSignal.depth)})`,
          legend: `${label(query, QueueSignal.queue)} {{state}}`
        }
      ]
    }
  ]
}
