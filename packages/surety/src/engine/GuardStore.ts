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
import type { Call } from "./Call.ts"
import * as SharedStore from "./SharedStore.ts"

/**
 * How calls ask a store. `limiterStore` and `breakerStore` put it into theirs, so that only programs with shared guards
 * ship it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asking {
  /** Asks, and goes on with the answer. */
  readonly begin: (call: Call, now: number) => void
  /** The store has not answered in time. */
  readonly silent: (call: Call) => void
  /** Our circuit may have opened. */
  readonly publish: (call: Call, now: number) => void
}

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
  readonly asking: Asking
}

/**
 * @category services
 * @since 0.1.0
 */
export const LimiterStore: Context.Service<LimiterStore, LimiterStore> =
  Context.Service<LimiterStore>("surety/LimiterStore")

/**
 * Makes a limiter store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const limiterStore = (store: Omit<LimiterStore, "asking">): LimiterStore => ({ ...store, asking: SharedStore })

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
  readonly asking: Asking
}

/**
 * @category services
 * @since 0.1.0
 */
export const BreakerStore: Context.Service<BreakerStore, BreakerStore> =
  Context.Service<BreakerStore>("surety/BreakerStore")

/**
 * Makes a breaker store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const breakerStore = (store: Omit<BreakerStore, "asking">): BreakerStore => ({ ...store, asking: SharedStore })
