/**
 * Why a call makes no further attempt: the closed list, and each reason in words.
 *
 * Neighbours: `CallError` carries one in its errors; the engine counts them.
 *
 * @stability experimental
 * @since 0.1.0
 */
const texts = {
  attempts: "the rule allows no more attempts",
  "retry-budget": "the retry budget is spent",
  deadline: "the next wait does not fit into the deadline",
  "server-wait": "the provider asks for a wait beyond the deadline",
  circuit: "the circuit opened",
  bulkhead: "no permit was free for another attempt",
  "rate-limit": "the rate limit has no tokens for another attempt",
  credential: "no credential for another attempt",
  store: "a limiter or breaker store does not answer",
  "key-expired": "the provider no longer remembers the key",
  rule: "the last failure is not retried",
  lookup: "the lookup before a resend failed",
  absent: "the lookup found nothing and the plan forbids a resend"
} as const

/**
 * Why no further attempt was made.
 *
 * **Details**   `attempts`: the rule's maximum was reached. `retry-budget`: the provider's retry
 * budget is spent. `deadline`: the next wait does not fit into the total deadline.
 * `server-wait`: the provider named a time beyond the deadline. `circuit`, `bulkhead`,
 * `rate-limit`, `credential`, `store`: our own guard refused the next attempt. `key-expired`:
 * the provider no longer remembers the key. `rule`: the last failure's rule is `never`.
 * `lookup`: the lookup before a resend failed. `absent`: reconciliation found nothing and the plan forbids a resend.
 *
 * @category models
 * @since 0.1.0
 */
export type Stopped = keyof typeof texts

/**
 * Every reason to stop.
 *
 * @category constants
 * @since 0.1.0
 */
export const reasonsToStop: ReadonlyArray<Stopped> =
  // the keys of an object literal are what its type says
  Object.keys(texts) as Array<Stopped>

/**
 * The reason in words.
 *
 * @category conversions
 * @since 0.1.0
 */
export const text = (stopped: Stopped): string => texts[stopped]
