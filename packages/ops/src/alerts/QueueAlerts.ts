/**
 * Alerts about the queues in front of a provider, for those that were named.
 *
 * Neighbours: `QueueSignal` has the names of what they watch.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type { Queue } from "../Options.ts"
import * as Query from "../Query.ts"
import * as QueueSignal from "../QueueSignal.ts"
import * as Samples from "../Samples.ts"

/** @category names @since 0.1.0 */
export const stale = "IntegrationQueueStale"

/** @category names @since 0.1.0 */
export const backlog = "IntegrationQueueBacklog"

/** @category names @since 0.1.0 */
export const deadLettered = "IntegrationDeadLettered"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> =>
  Object.entries(query.options.queues ?? {})
    .flatMap(([name, queue]) => [
      staleDraft(query, name, queue),
      ...(queue.maxDepth === undefined ? [] : [backlogDraft(query, name, queue.maxDepth)]),
      deadLetteredDraft(query, name)
    ])
    .flatMap((draft) => AlertDraft.make(query, draft))

const is = (name: string): Query.Matcher => [QueueSignal.queue, "=", name]

const staleDraft = (query: Query.Query, name: string, { maxAge }: Queue): AlertDraft.Draft => {
  const seconds = Duration.toMillis(Duration.fromInputUnsafe(maxAge)) / 1000
  const sample = query.sample(QueueSignal.oldestAge, { [QueueSignal.queue]: name })
  const bound = Query.number(seconds)
  const title = "fires when the oldest item is half again too old"
  const silent = "stays silent at half of the age, and when it was too old for a moment"
  return {
    name: stale,
    part: name,
    summary: "the queue {{ $labels.queue }} is not worked off",
    meaning: `For five minutes its oldest item was older than ${Query.duration(seconds * 1000)}. Age is what callers feel; depth is not. A queue that cannot be read (${QueueSignal.unread} in the log) counts as being as old as its last reading.`,
    expr: `max ${query.by(QueueSignal.queue)} (${query.series(QueueSignal.oldestAge, [is(name)])}) > ${bound}`,
    forMinutes: 5,
    severity: "page",
    labels: { queue: name },
    trials: [
      { title, atMinutes: 12, inputs: [Samples.constant(sample, 1.5 * seconds)], labels: {} },
      {
        title: silent,
        atMinutes: 20,
        inputs: [
          Samples.steps(sample, [
            [0.5 * seconds, 5],
            [2 * seconds, 3],
            [0.5 * seconds, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: `> ${bound}`, to: `> 10 * ${bound}`, caughtBy: title },
      { from: `> ${bound}`, to: `> 0.1 * ${bound}`, caughtBy: silent }
    ]
  }
}

const backlogDraft = (query: Query.Query, name: string, maxDepth: number): AlertDraft.Draft => {
  const matchers: ReadonlyArray<Query.Matcher> = [is(name), ["state", "=", "ready"]]
  const series = query.series(QueueSignal.depth, matchers)
  const sample = query.sample(QueueSignal.depth, { [QueueSignal.queue]: name, state: "ready" })
  const by = query.by(QueueSignal.queue)
  const title = "fires when it is too deep and gets deeper"
  const silent = "stays silent when it is as deep and gets worked off"
  const shallow = "stays silent when it gets deeper and is not too deep yet"
  return {
    name: backlog,
    part: name,
    summary: "the queue {{ $labels.queue }} grows faster than it is worked off",
    meaning: `For a quarter of an hour more than ${maxDepth} items were ready, and every minute there were more.`,
    expr: `max ${by} (${series}) > ${maxDepth}\nand max ${by} (deriv(${series}[15m])) > 0`,
    forMinutes: 15,
    severity: "ticket",
    labels: { queue: name },
    trials: [
      { title, atMinutes: 40, inputs: [Samples.growing(sample, 1, 2 * maxDepth)], labels: {} },
      {
        title: silent,
        atMinutes: 40,
        inputs: [Samples.growing(sample, -maxDepth / 100, 2 * maxDepth)]
      },
      { title: shallow, atMinutes: 40, inputs: [Samples.growing(sample, maxDepth / 100, 0.5 * maxDepth)] }
    ],
    damage: [
      { from: `> ${maxDepth}`, to: `> 100 * ${maxDepth}`, caughtBy: title },
      { from: `> ${maxDepth}`, to: `> 0.4 * ${maxDepth}`, caughtBy: shallow },
      { from: "[15m])) > 0", to: "[15m])) > -1000000", caughtBy: silent }
    ]
  }
}

const deadLetteredDraft = (query: Query.Query, name: string): AlertDraft.Draft => {
  const series = query.series(QueueSignal.messages, [is(name), ["outcome", "=", "dead_lettered"]])
  const sample = (outcome: (typeof QueueSignal.outcomes)[number]): string =>
    query.sample(QueueSignal.messages, { [QueueSignal.queue]: name, outcome })
  const title = "fires on the first item that was given up"
  const silent = "stays silent while items are completed and retried"
  return {
    name: deadLettered,
    part: name,
    summary: "an item of the queue {{ $labels.queue }} was given up",
    meaning: `In the last 15 minutes an item used up its attempts and lies with the dead letters. Nobody will send it again by itself. The log says which (${QueueSignal.deadLettered}).`,
    expr: `sum ${query.by(QueueSignal.queue)} (increase(${series}[15m])) > 0`,
    keepFiringForMinutes: 60,
    severity: "ticket",
    labels: { queue: name },
    trials: [
      {
        title,
        atMinutes: 15,
        inputs: [
          Samples.steps(sample("dead_lettered"), [
            [0, 10],
            [1, 1]
          ])
        ],
        labels: {}
      },
      {
        title: silent,
        atMinutes: 15,
        inputs: [Samples.growing(sample("completed"), 10), Samples.growing(sample("retried"), 3)]
      }
    ],
    damage: [
      { from: "> 0", to: "> 100", caughtBy: title },
      { from: 'outcome="dead_lettered"', to: 'outcome!="dead_lettered"', caughtBy: silent }
    ]
  }
}
