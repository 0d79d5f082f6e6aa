/**
 * A breaker store in Redis: a trip in one process opens the circuit in all.
 *
 * Effect's `CircuitBreakerStore` holds the whole breaker and lets one probe through for all
 * processes; here each process keeps its own breaker, probes and ramp, and only trips are
 * shared.
 *
 * Neighbours: `engine/GuardStore` is the port. The record is a key that expires when the
 * trip ends, so the clocks of the processes need not agree.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { BreakerStore, breakerStore } from "../engine/GuardStore.ts"

/** Sets the key for as long as the trip lasts, unless a longer trip is known. */
const open = Redis.script((key: string, millis: number) => [key, millis], {
  numberOfKeys: 1,
  lua: `if tonumber(ARGV[1]) > redis.call("PTTL", KEYS[1]) then
  redis.call("SET", KEYS[1], "open", "PX", ARGV[1])
end`
})

/**
 * Shares trips through Redis.
 *
 * **Details**   `prefix` of the keys: default `surety/circuit/`.
 *
 * **Failures**   A store operation fails with `RedisError` when Redis does not answer; what that means, the
 * contract says (`limits.onStoreError`).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: { readonly prefix?: string }): Layer.Layer<BreakerStore, never, Redis.Redis> => {
  const prefix = options?.prefix ?? "surety/circuit/"
  return Layer.effect(
    BreakerStore,
    Effect.map(Redis.Redis, (redis) => {
      const run = redis.eval(open)
      return breakerStore({
        openUntil: (key) =>
          Effect.zipWith(redis.send<number>("PTTL", prefix + key), Clock.currentTimeMillis, (left, now) =>
            Number(left) > 0 ? now + Number(left) : 0
          ),
        opened: (key, until) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            until > now ? run(prefix + key, Math.ceil(until - now)) : Effect.void
          )
      })
    })
  )
}
