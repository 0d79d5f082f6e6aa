/**
 * The signals of a queue in front of a provider, by the names that rules expect of whoever runs the queue.
 *
 * Neighbours: `QueueSignals` of `surety/telemetry` emits them; `surety/signals/SignalName` has those of a provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
export {
  /** @category events @since 0.1.0 */
  deadLettered,
  /** @category signals @since 0.1.0 */
  depth,
  /** @category signals @since 0.1.0 */
  messages,
  /** @category signals @since 0.1.0 */
  oldestAge,
  /** @category attributes @since 0.1.0 */
  outcomes,
  /** @category attributes @since 0.1.0 */
  queue,
  /** @category attributes @since 0.1.0 */
  states,
  /** @category events @since 0.1.0 */
  unread
} from "surety/signals/QueueSeries"
