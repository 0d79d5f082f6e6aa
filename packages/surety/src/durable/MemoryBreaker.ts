/**
 * A breaker store in memory: for tests, and for several layers of one provider in a process.
 *
 * Neighbours: `engine/GuardStore` is the port, `RedisBreaker` the store for several processes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BreakerStore, breakerStore } from "../engine/GuardStore.ts"

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<BreakerStore> = Layer.sync(BreakerStore, () => {
  const untils = new Map<string, number>()
  return breakerStore({
    openUntil: (key) => Effect.sync(() => untils.get(key) ?? 0),
    opened: (key, until) => Effect.sync(() => void untils.set(key, Math.max(until, untils.get(key) ?? 0)))
  })
})
