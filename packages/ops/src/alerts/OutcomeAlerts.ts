/**
 * Alerts about calls whose effect on the provider is in doubt.
 *
 * Neighbours: `surety/Idempotency` declares the plans that keep this rare.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Operation from "surety/Operation"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"

/** @category names @since 0.1.0 */
export const conflict = "IntegrationIdempotencyConflict"

/** @category names @since 0.1.0 */
export const unknown = "IntegrationOutcomeUnknown"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => {
  const operations: ReadonlyArray<Operation.Any> = Object.values(query.contract.operations)
  const keyed = operations.find(({ idempotency }) => idempotency?._tag === "Key")
  // what is idempotent by nature is sent again, and never left open
  const open = operations.find(({ idempotency }) => idempotency !== undefined && idempotency._tag !== "Natural")
  return [
    ...(keyed === undefined ? [] : [conflictDraft(query, keyed.name)]),
    ...(open === undefined ? [] : [unknownDraft(query, open.name)])
  ].flatMap((draft) => AlertDraft.make(query, draft))
}

const conflictDraft = (query: Query.Query, operation: string): AlertDraft.Draft => {
  const label = query.label(SignalName.operation)
  const series = query.series(SignalName.idempotencyKeys, [["result", "=", "conflict"]])
  const sample = (result: (typeof SignalName.keyResults)[number]): string =>
    query.sample(SignalName.idempotencyKeys, { [SignalName.operation]: operation, result })
  const title = "fires on the first conflict"
  const silent = "stays silent while every key is new"
  return {
    name: conflict,
    summary: `{{ $labels.${label} }}: one idempotency key for two different calls`,
    meaning:
      "The provider refused a key because another call had it. Either two requests that are not the same share a key, which is a defect of the caller, or one request runs twice at once.",
    expr: `sum ${query.by(SignalName.operation)} (increase(${series}[15m])) > 0`,
    keepFiringForMinutes: 60,
    severity: "ticket",
    trials: [
      {
        title,
        atMinutes: 15,
        inputs: [
          Samples.steps(sample("conflict"), [
            [0, 10],
            [1, 1]
          ])
        ],
        labels: { [label]: operation }
      },
      {
        title: silent,
        atMinutes: 15,
        inputs: [Samples.growing(sample("new"), 10), Samples.constant(sample("conflict"), 0)]
      }
    ],
    damage: [
      { from: "> 0", to: "> 100", caughtBy: title },
      { from: 'result="conflict"', to: 'result!="conflict"', caughtBy: silent }
    ]
  }
}

const unknownDraft = (query: Query.Query, operation: string): AlertDraft.Draft => {
  const label = query.label(SignalName.operation)
  const on = (instance: string): string =>
    query.sample(SignalName.unknown, { [SignalName.operation]: operation, instance })
  const sample = on("a")
  const title = "fires when a call of one process is not settled for a quarter of an hour"
  const silent = "stays silent when it is settled after five minutes"
  return {
    name: unknown,
    summary: `{{ $labels.${label} }} was sent, and nobody knows whether it was applied`,
    meaning:
      "For ten minutes there has been a call that was sent and not answered, and that nothing has settled: no lookup, no call under its key, nobody who said so. It may have been applied, and must not be sent again by hand before somebody has looked.",
    expr: `max ${query.by(SignalName.operation)} (${query.series(SignalName.unknown)}) > 0`,
    forMinutes: 10,
    severity: "page",
    trials: [
      {
        title,
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [0, 5],
            [1, 1]
          ]),
          Samples.constant(on("b"), 0)
        ],
        labels: { [label]: operation }
      },
      {
        title: silent,
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [0, 5],
            [1, 5],
            [0, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: "> 0", to: "> 100", caughtBy: title },
      { from: "max by", to: "min by", caughtBy: title },
      { from: "> 0", to: ">= 0", caughtBy: silent }
    ]
  }
}
