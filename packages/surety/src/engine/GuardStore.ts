/**
 * Ports for guards whose state is shared between processes: a limiter store and a breaker
 * store. Without one, state is in memory and costs nothing.
 *
 * A store that fails does what the contract says (`limits.onStoreError`), and is counted.
 *
 * Neighbours: `durable/` implements them over Effect's own stores (memory, Redis).
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { RateLimit } from "../RateLimit.ts"

/**
 * Takes tokens of a shared bucket: 0 when they were taken, else the milliseconds to wait
 * before asking again. Nothing is kept for a caller that does not come back.
 *
 * @category models
 * @since 0.1.0
 */
export interface LimiterStore {
  readonly take: (bucket: {
    readonly key: string
    readonly limit: RateLimit
    readonly cost: number
  }) => Effect.Effect<number, unknown>
}

/**
 * @category services
 * @since 0.1.0
 */
export const LimiterStore: Context.Service<LimiterStore, LimiterStore> =
  Context.Service<LimiterStore>("surety/LimiterStore")

/**
 * Shares trips between processes: `openUntil` tells when another process's trip ends (epoch
 * milliseconds, 0 when closed), `opened` publishes ours.
 *
 * @category models
 * @since 0.1.0
 */
export interface BreakerStore {
  readonly openUntil: (key: string) => Effect.Effect<number, unknown>
  readonly opened: (key: string, untilEpochMillis: number) => Effect.Effect<void, unknown>
}

/**
 * @category services
 * @since 0.1.0
 */
export const BreakerStore: Context.Service<BreakerStore, BreakerStore> =
  Context.Service<BreakerStore>("surety/BreakerStore")
