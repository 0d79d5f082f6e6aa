/**
 * The series of a queue in front of a provider, as data. No contract knows of queues: whoever runs one declares it.
 *
 * Neighbours: `telemetry/QueueSignals` registers them; `@surety/ops` has the alerts that read them. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Series } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/** @category attributes @since 0.1.0 */
export const queue = "queue"

/**
 * Where the items of a queue are.
 *
 * **Details**   `ready`: waits for a worker. `delayed`: for its time. `in_flight`: a worker has it. `dead`: given up.
 *
 * @category constants
 * @since 0.1.0
 */
export const states = ["ready", "delayed", "in_flight", "dead"] as const

/**
 * What became of an item.
 *
 * @category constants
 * @since 0.1.0
 */
export const outcomes = ["enqueued", "completed", "retried", "dead_lettered", "deduplicated"] as const

/** @category signals @since 0.1.0 */
export const depth: SignalName.Signal<"gauge"> = { name: "integration.queue.depth", kind: "gauge", unit: "{item}" }

/** @category signals @since 0.1.0 */
export const oldestAge: SignalName.Signal<"gauge"> = { name: "integration.queue.oldest.age", kind: "gauge", unit: "s" }

/** @category signals @since 0.1.0 */
export const messages: SignalName.Signal<"counter"> = {
  name: "integration.queue.messages",
  kind: "counter",
  unit: "{message}"
}

/**
 * The log event of an item that was given up.
 *
 * @category events
 * @since 0.1.0
 */
export const deadLettered = "integration.queue.dead_lettered"

/**
 * The log event of a queue whose depth and age cannot be read.
 *
 * @category events
 * @since 0.1.0
 */
export const unread = "integration.queue.unread"

/**
 * What is registered at 0 for a queue.
 *
 * **Example** (Ten series: four depths, one age, five outcomes)
 *
 * ```ts import.meta.vitest
 * import { QueueSeries } from "surety/signals"
 *
 * QueueSeries.of("acme", "orders").length // => 10
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (provider: string, name: string): ReadonlyArray<Series> => {
  const series = (signal: SignalName.Signal, rest: Readonly<Record<string, string>>): Series => ({
    ...signal,
    attributes: { [SignalName.provider]: provider, [queue]: name, ...rest },
    bounds: []
  })
  return [
    ...states.map((state) => series(depth, { state })),
    series(oldestAge, {}),
    ...outcomes.map((outcome) => series(messages, { outcome }))
  ]
}
