/**
 * Rate limits as values: one or more named buckets, with a cost per operation, corrected
 * by what the provider's responses say.
 *
 * Neighbours: `engine/Limiter` keeps the tokens; `Limits` groups the buckets of a
 * provider. Nothing here waits.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * A token bucket.
 *
 * **Details**   `limit` tokens are added evenly over `periodMillis`; at most `burst` are kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface RateLimit {
  readonly _tag: "TokenBucket"
  readonly limit: number
  readonly periodMillis: number
  readonly burst: number
}

/**
 * What a response says about a bucket. Absent members are not known.
 *
 * **Details**   `bucket`: a name in `limits.rate`; any other is ignored, because a provider may
 * report buckets that no operation spends from. `remaining`: tokens left. `resetMillis`: milliseconds from now until the bucket is
 * full again (or until calls are accepted again when `remaining` is 0).
 *
 * @category models
 * @since 0.1.0
 */
export interface Observation {
  readonly bucket: string
  readonly limit?: number
  readonly remaining?: number
  readonly resetMillis?: number
}

/**
 * Reads observations from a response; provider-owned, because the same header name means
 * different units at different providers.
 *
 * @category models
 * @since 0.1.0
 */
export type Learn = (response: {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly nowMillis: number
}) => ReadonlyArray<Observation>

/**
 * Declares a token bucket.
 *
 * **Details**   `limit`: tokens per period, an integer of at least 1. `per`: longer than zero.
 * `burst`: tokens that may be spent at once, from 1 to `limit`; default `limit`.
 *
 * **Failures**   `RangeError` naming the field and the rule.
 *
 * **Example** (100 requests a second, 20 at once)
 *
 * ```ts import.meta.vitest
 * import * as RateLimit from "surety/RateLimit"
 *
 * RateLimit.tokenBucket({ limit: 100, per: "1 second", burst: 20 }).burst // => 20
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const tokenBucket = (options: {
  readonly limit: number
  readonly per: Duration.Input
  readonly burst?: number
}): RateLimit => {
  const periodMillis = TimeBudget.millisOf(options.per)
  if (!Number.isInteger(options.limit) || options.limit < 1) {
    throw new RangeError(`RateLimit.tokenBucket: limit must be an integer of at least 1, got ${options.limit}`)
  }
  if (!(periodMillis > 0) || !Number.isFinite(periodMillis)) {
    throw new RangeError(`RateLimit.tokenBucket: per must be a finite duration longer than zero, got ${options.per}`)
  }
  const burst = options.burst ?? options.limit
  if (!Number.isInteger(burst) || burst < 1 || burst > options.limit) {
    throw new RangeError(
      `RateLimit.tokenBucket: burst must be an integer from 1 to limit (${options.limit}), got ${burst}`
    )
  }
  return { _tag: "TokenBucket", limit: options.limit, periodMillis, burst }
}

/**
 * The declared fact that the provider publishes no limit.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unlimited {
  readonly _tag: "Unlimited"
  readonly because: string
}

/**
 * Declares that the provider publishes no limit, and where that was read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unlimited = (because: string): Unlimited => ({ _tag: "Unlimited", because })
