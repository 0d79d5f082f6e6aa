/**
 * What callers get when the provider cannot answer, as a declared choice: an error, a
 * stale value, a constant, or another provider's answer. A degraded result says so in its
 * metadata and in the signals.
 *
 * Neighbours: a provider declares its choice; an operation declares the fallback itself.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import { StaleValues } from "./StaleValues.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * A provider's choice.
 *
 * @category models
 * @since 0.1.0
 */
export type Degradation = { readonly _tag: "Fail" } | { readonly _tag: "Serve"; readonly how: string }

/**
 * Callers get the error; no operation may declare a fallback.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fail: Degradation = { _tag: "Fail" }

/**
 * Operations may serve a fallback; `how` says in words what users then see.
 *
 * @category constructors
 * @since 0.1.0
 */
export const serve = (how: string): Degradation => ({ _tag: "Serve", how })

/**
 * What one operation serves when every attempt failed.
 *
 * **Details**   Never used for a failure that answers the request on its merits, nor for a
 * mutation whose outcome is unknown.
 *
 * @category models
 * @since 0.1.0
 */
export type Fallback<Req, A, R> = { readonly _tag: "Constant"; readonly value: A } | Stale | Other<Req, A, R>

/**
 * **Details**   `keep` makes the memory, one for each built layer; the value carries it, so that only programs that
 * serve stale answers ship it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stale {
  readonly _tag: "Stale"
  readonly maxAgeMillis: number
  readonly capacity: number
  readonly keep: () => StaleValues
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Other<in Req, out A, out R> {
  readonly _tag: "Other"
  readonly run: (request: Req) => Effect.Effect<A, unknown, R>
}

/**
 * A fixed answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const constant = <const A>(value: A): { readonly _tag: "Constant"; readonly value: A } => ({
  _tag: "Constant",
  value
})

/**
 * The last good answer to the same request, up to `maxAge` old.
 *
 * **Details**   `capacity`: answers kept, least recently used goes first; default 1,000.
 *
 * **Failures**   `RangeError` naming the field and the rule.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stale = (options: { readonly maxAge: Duration.Input; readonly capacity?: number }): Stale => {
  const maxAgeMillis = TimeBudget.read("Degradation.stale", "maxAge", options.maxAge)
  const capacity = options.capacity ?? 1000
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`Degradation.stale: capacity must be an integer of at least 1, got ${capacity}`)
  }
  return { _tag: "Stale", maxAgeMillis, capacity, keep: () => new StaleValues(maxAgeMillis, capacity) }
}

/**
 * Another provider's answer. Its own deadline and retries apply on top of ours.
 *
 * @category constructors
 * @since 0.1.0
 */
export const other = <Req, A, R>(run: (request: Req) => Effect.Effect<A, unknown, R>): Other<Req, A, R> => ({
  _tag: "Other",
  run
})
