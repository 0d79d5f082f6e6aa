/**
 * Everything that limits the load on one provider: rate-limit buckets, concurrency,
 * breaker and retry budget.
 *
 * Neighbours: `engine/Guards` builds the running guards from it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as CircuitBreaker from "./CircuitBreaker.ts"
import * as Defaults from "./Defaults.ts"
import type * as RateLimit from "./RateLimit.ts"
import * as RetryBudget from "./RetryBudget.ts"

/**
 * What a contract declares.
 *
 * **Details**   `rate`: named buckets, or `RateLimit.unlimited(why)`. `learn`: reads what a response
 * says about the buckets. `concurrency`: calls in flight at once. `queue`: calls waiting for
 * a permit, default four times `concurrency`, or fewer when those could not be served within
 * the longest total. `breaker`: default five outages in a row.
 * `retryBudget`: default `RetryBudget.bucket()`. `onThrottled`: `pause` (default) holds every
 * caller back while the provider asks to wait, `ignore` only the call that was told.
 * `onStoreError`: what a limiter or breaker store that is down does to calls: `open`
 * (default) lets them through, `closed` refuses them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Declared {
  readonly rate: Readonly<Record<string, RateLimit.RateLimit>> | RateLimit.Unlimited
  readonly learn?: RateLimit.Learn | undefined
  readonly concurrency: number
  readonly queue?: number
  readonly breaker?: CircuitBreaker.CircuitBreaker
  readonly retryBudget?: RetryBudget.RetryBudget
  readonly onThrottled?: "pause" | "ignore"
  readonly onStoreError?: "open" | "closed"
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Limits extends Declared {
  readonly buckets: Readonly<Record<string, RateLimit.RateLimit>>
  readonly learn: RateLimit.Learn | undefined
  readonly concurrency: number
  readonly queue: number
  readonly breaker: CircuitBreaker.CircuitBreaker
  readonly retryBudget: RetryBudget.RetryBudget
  readonly onThrottled: "pause" | "ignore"
  readonly onStoreError: "open" | "closed"
}

/**
 * Fills the defaults in.
 *
 * **Details**   `queueRounds`: calls that one permit can serve, one after another, within the longest
 * total.
 *
 * **Failures**   `RangeError` naming the provider, the field and the rule.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (provider: string, declared: Declared, queueRounds = 4): Limits => {
  if (!Number.isInteger(declared.concurrency) || declared.concurrency < 1) {
    throw new RangeError(
      `${provider}: limits.concurrency must be an integer of at least 1, got ${declared.concurrency}`
    )
  }
  const queue = declared.queue ?? declared.concurrency * Math.min(4, queueRounds)
  if (!Number.isInteger(queue) || queue < 0) {
    throw new RangeError(`${provider}: limits.queue must be an integer of at least 0, got ${queue}`)
  }
  return {
    ...declared,
    buckets: isUnlimited(declared.rate) ? {} : declared.rate,
    learn: declared.learn,
    queue,
    breaker: declared.breaker ?? CircuitBreaker.consecutive({ failures: Defaults.breakerFailures }),
    retryBudget: declared.retryBudget ?? RetryBudget.bucket(),
    onThrottled: declared.onThrottled ?? "pause",
    onStoreError: declared.onStoreError ?? "open"
  }
}

const isUnlimited = (rate: Declared["rate"]): rate is RateLimit.Unlimited =>
  (rate as { readonly _tag?: unknown })._tag === "Unlimited"
