/**
 * The signals of a queue in front of a provider, by the names that rules expect of whoever runs the queue.
 *
 * Neighbours: `surety/signals/SignalName` has those of a provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Signal } from "surety/signals/SignalName"

/** @category attributes @since 0.1.0 */
export const queue = "queue"

/** @category attributes @since 0.1.0 */
export const states = ["ready", "delayed", "in_flight", "dead"] as const

/** @category attributes @since 0.1.0 */
export const outcomes = ["enqueued", "completed", "retried", "dead_lettered", "deduplicated"] as const

/** @category signals @since 0.1.0 */
export const depth: Signal<"gauge"> = { name: "integration.queue.depth", kind: "gauge", unit: "{item}" }

/** @category signals @since 0.1.0 */
export const oldestAge: Signal<"gauge"> = { name: "integration.queue.oldest.age", kind: "gauge", unit: "s" }

/** @category signals @since 0.1.0 */
export const messages: Signal<"counter"> = { name: "integration.queue.messages", kind: "counter", unit: "{message}" }
