/**
 * How calls of Stripe's are guarded: time, retries, keys and limits, in one place to
 * read aloud.
 *
 * The official SDK waits 80 s per attempt, retries 409 and 5xx, and never 429. Ours
 * gives up sooner, has a deadline over all attempts, and retries 429, paid from the
 * retry budget. `test/differences.ts` lists every difference with its reason.
 *
 * @source https://docs.stripe.com/error-low-level, https://docs.stripe.com/rate-limits (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "surety/Backoff"
import * as Idempotency from "surety/Idempotency"
import * as RetryMatrix from "surety/RetryMatrix"

/**
 * After a failure of the connection or of Stripe, and for an object or key that is in
 * use: three attempts, waits of up to 0.5 and 1 s.
 *
 * @category rules
 * @since 0.1.0
 */
export const transient: Backoff.Backoff = Backoff.exponential({
  base: "500 millis",
  cap: "5 seconds",
  maxAttempts: 3,
  jitter: "full"
})

/**
 * After a limiter refused: three attempts, waits of up to 1 and 2 s.
 *
 * @category rules
 * @since 0.1.0
 */
export const throttled: Backoff.Backoff = Backoff.exponential({
  base: "1 second",
  cap: "5 seconds",
  maxAttempts: 3,
  jitter: "full"
})

/**
 * A mutation may wait for a card network.
 *
 * @category rules
 * @since 0.1.0
 */
export const mutationTime = { attempt: "15 seconds", total: "50 seconds" } as const

/**
 * @category rules
 * @since 0.1.0
 */
export const readTime = { attempt: "5 seconds", total: "20 seconds" } as const

/**
 * The caller names the key, so that it survives a restart: for everything that moves
 * money.
 *
 * @category rules
 * @since 0.1.0
 */
export const callersKey: Idempotency.Key<"caller"> = Idempotency.key({
  header: "Idempotency-Key",
  source: "caller",
  retainedFor: "24 hours",
  maxLength: 255
})

/**
 * A key is made for a call that comes without one.
 *
 * @category rules
 * @since 0.1.0
 */
export const generatedKey: Idempotency.Key<"generated"> = Idempotency.key({
  header: "Idempotency-Key",
  source: "generated",
  retainedFor: "24 hours",
  maxLength: 255
})

/**
 * @category rules
 * @since 0.1.0
 */
export const readRules = {
  ...RetryMatrix.transport(transient),
  RateLimited: throttled,
  LimitReached: Backoff.never,
  ObjectLocked: transient,
  ApiFailure: transient,
  FinalApiFailure: Backoff.never,
  ResourceMissing: Backoff.never,
  InvalidRequest: Backoff.never,
  Unauthorized: Backoff.never,
  Forbidden: Backoff.never
} as const

/**
 * @category rules
 * @since 0.1.0
 */
export const mutationRules = {
  ...readRules,
  IdempotencyInUse: transient,
  IdempotencyMismatch: Backoff.never,
  CardDeclined: Backoff.never,
  UnexpectedState: Backoff.never,
  StoredFailure: Backoff.never
} as const
