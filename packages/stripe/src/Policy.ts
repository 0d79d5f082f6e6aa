/**
 * How calls of Stripe's are guarded: time, retries, keys and limits, in one place to
 * read aloud.
 *
 * The official SDK waits 80 s per attempt, retries 409 and 5xx, and never 429. Ours
 * gives up sooner, has a deadline over all attempts, and retries 429, paid from the
 * retry budget. `test/differential/differences.ts` lists every difference that a run of
 * both against the same faults shows, with its reason.
 *
 * @source https://docs.stripe.com/error-low-level, https://docs.stripe.com/rate-limits (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "surety/Backoff"
import * as Idempotency from "surety/Idempotency"
import * as RetryMatrix from "surety/RetryMatrix"
import type { TimeBudget } from "surety/TimeBudget"

/**
 * How long calls may take. A total must pay for every attempt and wait of its rules.
 *
 * @category models
 * @since 0.1.0
 */
export interface Time {
  readonly mutation: TimeBudget
  readonly read: TimeBudget
}

/**
 * The two rules behind both matrices.
 *
 * **Details**   `transient`: after a failure of the connection or of Stripe, and for an object or key
 * that is in use. `throttled`: after a limiter refused.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rules {
  readonly transient: Backoff.Backoff
  readonly throttled: Backoff.Backoff
}

/**
 * Mutations may wait for a card network: 15 s per attempt, 50 s in all. Reads: 5 and 20 s.
 *
 * @category rules
 * @since 0.1.0
 */
export const time: Time = {
  mutation: { attempt: "15 seconds", total: "50 seconds" },
  read: { attempt: "5 seconds", total: "20 seconds" }
}

/**
 * Three attempts each: waits of up to 0.5 and 1 s after a failure, of up to 1 and 2 s
 * after a limiter.
 *
 * @category rules
 * @since 0.1.0
 */
export const rules: Rules = {
  transient: Backoff.exponential({ base: "500 millis", cap: "5 seconds", maxAttempts: 3, jitter: "full" }),
  throttled: Backoff.exponential({ base: "1 second", cap: "5 seconds", maxAttempts: 3, jitter: "full" })
}

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
  maxLength: 255,
  replayed: "Idempotent-Replayed"
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
  maxLength: 255,
  replayed: "Idempotent-Replayed"
})

/**
 * What a read retries.
 *
 * @category rules
 * @since 0.1.0
 */
export const readMatrix = ({ throttled, transient }: Rules) =>
  ({
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
  }) as const

/**
 * What a mutation under a key retries.
 *
 * @category rules
 * @since 0.1.0
 */
export const mutationMatrix = (from: Rules) =>
  ({
    ...readMatrix(from),
    IdempotencyInUse: from.transient,
    IdempotencyMismatch: Backoff.never,
    CardDeclined: Backoff.never,
    UnexpectedState: Backoff.never,
    StoredFailure: Backoff.never
  }) as const
