/**
 * When a circuit opens, how it probes and how it closes, as a value.
 *
 * Effect's own breaker counts every typed failure, probes one at a time without jitter
 * and lets the whole herd back at once; this one is judged per attempt by the failure's
 * declared health, probes soon and ramps up after closing.
 *
 * Neighbours: `engine/Breaker` runs it. Nothing here keeps state.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Defaults from "./Defaults.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * **Details**   `Consecutive`: opens after `failures` outages in a row. `FailureRate`: opens when at
 * least `minimumCalls` of the last `size` attempts are known and the share of outages is
 * `threshold` or more. `None`: never opens.
 *
 * @category models
 * @since 0.1.0
 */
export type Trip =
  | { readonly _tag: "Consecutive"; readonly failures: number }
  | { readonly _tag: "FailureRate"; readonly threshold: number; readonly size: number; readonly minimumCalls: number }
  | { readonly _tag: "None"; readonly because: string }

/**
 * **Details**   Unit: milliseconds. Open time starts at `openMinMillis`, doubles with every failed
 * probe up to `openMaxMillis`, and is jittered into [1/2, 1] of that. `rampMillis`: after
 * closing, admission grows from `probes` to everything over this time.
 *
 * @category models
 * @since 0.1.0
 */
export interface CircuitBreaker {
  readonly trip: Trip
  readonly openMinMillis: number
  readonly openMaxMillis: number
  readonly probes: number
  readonly rampMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Recovery {
  /** First open time. Default 100 ms. */
  readonly openMin?: Duration.Input
  /** Longest open time. Default 300 ms. */
  readonly openMax?: Duration.Input
  /** Probes in flight at once while half-open. Default 1. */
  readonly probes?: number
  /** Time over which admission grows after closing. Default 150 ms. */
  readonly ramp?: Duration.Input
}

/**
 * Opens after a number of outages in a row; the choice for low volume.
 *
 * **Example** (The default)
 *
 * ```ts import.meta.vitest
 * import * as CircuitBreaker from "surety/CircuitBreaker"
 *
 * CircuitBreaker.consecutive({ failures: 5 }).openMinMillis // => 100
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const consecutive = (options: { readonly failures: number } & Recovery): CircuitBreaker => {
  integer("consecutive", "failures", options.failures, 1)
  return make({ _tag: "Consecutive", failures: options.failures }, options)
}

/**
 * Opens when the share of outages among the last calls is too high.
 *
 * @category constructors
 * @since 0.1.0
 */
export const failureRate = (
  options: { readonly threshold: number; readonly size: number; readonly minimumCalls: number } & Recovery
): CircuitBreaker => {
  if (!(options.threshold > 0 && options.threshold <= 1)) {
    throw new RangeError(`CircuitBreaker.failureRate: threshold must be in (0, 1], got ${options.threshold}`)
  }
  integer("failureRate", "size", options.size, 2)
  integer("failureRate", "minimumCalls", options.minimumCalls, 1)
  if (options.minimumCalls > options.size) {
    throw new RangeError(
      `CircuitBreaker.failureRate: minimumCalls (${options.minimumCalls}) is above size (${options.size}), so it never opens`
    )
  }
  const { minimumCalls, size, threshold } = options
  return make({ _tag: "FailureRate", threshold, size, minimumCalls }, options)
}

/**
 * Never opens, and why.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none = (because: string): CircuitBreaker => make({ _tag: "None", because }, {})

const make = (trip: Trip, recovery: Recovery): CircuitBreaker => {
  const openMinMillis = millis("openMin", recovery.openMin ?? Defaults.breakerOpenMin)
  const openMaxMillis = millis("openMax", recovery.openMax ?? Defaults.breakerOpenMax)
  if (openMaxMillis < openMinMillis) {
    throw new RangeError(`CircuitBreaker: openMax (${openMaxMillis} ms) is below openMin (${openMinMillis} ms)`)
  }
  const probes = recovery.probes ?? 1
  integer("", "probes", probes, 1)
  const rampMillis = TimeBudget.millisOf(recovery.ramp ?? Defaults.breakerRamp)
  if (!(rampMillis >= 0) || !Number.isFinite(rampMillis)) {
    throw new RangeError(`CircuitBreaker: ramp must be a finite duration, got ${String(recovery.ramp)}`)
  }
  return { trip, openMinMillis, openMaxMillis, probes, rampMillis }
}

const millis = (field: string, input: Duration.Input): number => {
  const value = TimeBudget.millisOf(input)
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new RangeError(`CircuitBreaker: ${field} must be a finite duration longer than zero, got ${String(input)}`)
  }
  return value
}

const integer = (name: string, field: string, value: number, least: number): void => {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `CircuitBreaker${name === "" ? "" : `.${name}`}: ${field} must be an integer of at least ${least}, got ${value}`
    )
  }
}
