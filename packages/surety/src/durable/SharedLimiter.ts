/**
 * A limiter store over Effect's `RateLimiter`, so that processes share a provider's limit: in
 * memory, or in Redis through its `layerStoreRedis`.
 *
 * It asks in `fail` mode and never waits: `delay` mode keeps the tokens of callers that were
 * interrupted. What to do when the store is down, the contract says (`limits.onStoreError`).
 *
 * Neighbours: `engine/GuardStore` is the port. Tokens of a call that is refused afterwards
 * are not given back: Effect's limiter has no way to.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { LimiterStore, limiterStore } from "../engine/GuardStore.ts"

/**
 * Shares limits through whatever store `RateLimiter` was given.
 *
 * **Details**   A bucket of `limit` per period with a `burst` holds at most `burst` tokens. A cost above the
 * burst takes a full bucket: no bucket ever holds more.
 *
 * **Failures**   None when the layer is built. A take fails with `RateLimiterError` when the store is down.
 *
 * **Example** (One process, the store in memory)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer } from "effect"
 * import { RateLimiter } from "effect/persistence"
 * import * as GuardStore from "surety/engine/GuardStore"
 * import * as SharedLimiter from "surety/durable/SharedLimiter"
 * import * as RateLimit from "surety/RateLimit"
 *
 * const memory = SharedLimiter.layer.pipe(
 *   Layer.provide(RateLimiter.layer),
 *   Layer.provide(RateLimiter.layerStoreMemory)
 * )
 * const limit = RateLimit.tokenBucket({ limit: 1, per: "1 hour" })
 * const program = Effect.gen(function*() {
 *   const store = yield* GuardStore.LimiterStore
 *   const first = yield* store.take({ key: "acme/calls", limit, cost: 1 })
 *   const second = yield* store.take({ key: "acme/calls", limit, cost: 1 })
 *   return [first, second > 0]
 * })
 * await Effect.runPromise(Effect.provide(program, memory)) // => [0, true]
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<LimiterStore, never, RateLimiter.RateLimiter> = Layer.effect(
  LimiterStore,
  Effect.map(RateLimiter.RateLimiter, (limiter) =>
    limiterStore({
      take: ({ cost, key, limit }) =>
        limiter
          .consume({
            algorithm: "token-bucket",
            onExceeded: "fail",
            key: `surety/${key}`,
            // the window in which `burst` tokens flow in at the declared rate
            limit: limit.burst,
            window: Duration.millis((limit.periodMillis * limit.burst) / limit.limit),
            tokens: Math.min(cost, limit.burst)
          })
          .pipe(
            Effect.as(0),
            Effect.catch((error) =>
              error.reason._tag === "RateLimitExceeded"
                ? Effect.succeed(Math.max(1, Duration.toMillis(error.reason.retryAfter)))
                : Effect.fail(error)
            )
          )
    })
  )
)
