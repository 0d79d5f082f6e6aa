/**
 * A lease as its holder reckons with it, and the store's answers with an end: no operation of a store is waited for longer
 * than 5 s, whatever the store itself promises.
 *
 * Neighbours: `GrantStore` is the port, `GrantFlight` holds the lease.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { GrantStoreFailure } from "./GrantStore.ts"
import { SourceFailure } from "./Source.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface GrantLease {
  readonly fence: number
  /** Taken before the store was asked, so the lease is over by our reckoning before it is by the store's. */
  readonly from: Instant
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Instant {
  readonly wallMillis: number
  readonly monotonicMillis: number
}

/**
 * Now, by both clocks.
 *
 * @category running
 * @since 0.1.0
 */
export const instant: Effect.Effect<Instant> = Effect.clockWith((clock) =>
  Effect.succeed({
    wallMillis: clock.currentTimeMillisUnsafe(),
    monotonicMillis: Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  })
)

/**
 * What has passed, by the faster of 2 clocks: the wall clock may be set back, and the monotonic one stands still while a
 * machine sleeps.
 *
 * @category running
 * @since 0.1.0
 */
export const elapsedMillis = (from: Instant): Effect.Effect<number> =>
  Effect.map(instant, (now) => Math.max(now.wallMillis - from.wallMillis, now.monotonicMillis - from.monotonicMillis))

/**
 * A store that does not answer in 5 s has failed.
 *
 * @category running
 * @since 0.1.0
 */
export const answered = <A>(
  operation: GrantStoreFailure["operation"],
  effect: Effect.Effect<A, GrantStoreFailure>
): Effect.Effect<A, GrantStoreFailure> =>
  Effect.timeoutOrElse(effect, {
    duration: storeTimeoutMillis,
    orElse: () => Effect.fail(new GrantStoreFailure({ operation, detail: `no answer in ${storeTimeoutMillis} ms` }))
  })

/**
 * @category running
 * @since 0.1.0
 */
export const stored = <A>(
  operation: GrantStoreFailure["operation"],
  effect: Effect.Effect<A, GrantStoreFailure>
): Effect.Effect<A, SourceFailure> =>
  Effect.mapError(
    answered(operation, effect),
    (failure) =>
      new SourceFailure({
        reason: failure.reason === "unreadable" ? "misconfigured" : "unavailable",
        detail: failure.message
      })
  )

/**
 * Half to one and a half times as long, so that processes do not come back together.
 *
 * @category running
 * @since 0.1.0
 */
export const pause = (millis: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (draw) => Effect.sleep(Math.max(1, millis * (0.5 + draw))))

/** How long a store may take to answer. */
const storeTimeoutMillis = 5000
