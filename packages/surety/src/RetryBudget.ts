/**
 * How many retries a provider may cost in all, as a value: the guard against retry
 * storms. Hedges are paid from the same budget.
 *
 * Neighbours: `engine/Budget` keeps the tokens, one bucket per provider and credential.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Defaults from "./Defaults.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * **Details**   `Bucket`: `capacity` tokens; a retry after an outage costs `outageCost`, after
 * throttling `throttledCost`; a retried success gives its last cost back, a first-try
 * success gives 1. `Ratio`: retries may be `ratio` of the calls of the last
 * `windowMillis`, and at least `floor` per window.
 *
 * @category models
 * @since 0.1.0
 */
export type RetryBudget =
  | {
      readonly _tag: "Bucket"
      readonly capacity: number
      readonly outageCost: number
      readonly throttledCost: number
    }
  | { readonly _tag: "Ratio"; readonly ratio: number; readonly windowMillis: number; readonly floor: number }

/**
 * A token bucket with long memory; good for bursts.
 *
 * **Details**   Defaults: capacity 500, outage 14, throttled 5.
 *
 * **Example** (The default budget)
 *
 * ```ts import.meta.vitest
 * import * as RetryBudget from "surety/RetryBudget"
 *
 * RetryBudget.bucket() // => { _tag: "Bucket", capacity: 500, outageCost: 14, throttledCost: 5 }
 * ```
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category constructors
 * @since 0.1.0
 */
export const bucket = (options?: {
  readonly capacity?: number
  readonly outageCost?: number
  readonly throttledCost?: number
}): RetryBudget => {
  const capacity = positive("capacity", options?.capacity ?? Defaults.budgetCapacity)
  const outageCost = positive("outageCost", options?.outageCost ?? Defaults.budgetOutageCost)
  const throttledCost = positive("throttledCost", options?.throttledCost ?? Defaults.budgetThrottledCost)
  const dearest = Math.max(outageCost, throttledCost)
  if (capacity < dearest) {
    throw new RangeError(
      `RetryBudget: capacity (${capacity}) is below the cost of one retry (${dearest}), so it pays for none`
    )
  }
  return { _tag: "Bucket", capacity, outageCost, throttledCost }
}

/**
 * A share of recent calls; good for steady load.
 *
 * **Details**   Defaults: ratio 0.1, per 10 seconds, floor 10.
 *
 * @source Microsoft.Extensions.Http.Resilience, HttpRetryBudgetOptions
 * @category constructors
 * @since 0.1.0
 */
export const ratio = (options?: {
  readonly ratio?: number
  readonly per?: Duration.Input
  readonly floor?: number
}): RetryBudget => {
  const share = options?.ratio ?? 0.1
  if (!(share > 0 && share <= 1)) throw new RangeError(`RetryBudget: ratio must be in (0, 1], got ${share}`)
  const windowMillis = positive("per", TimeBudget.millisOf(options?.per ?? "10 seconds"))
  const floor = options?.floor ?? 10
  if (!(floor >= 0) || !Number.isFinite(floor)) {
    throw new RangeError(`RetryBudget: floor must be finite and not negative, got ${floor}`)
  }
  return { _tag: "Ratio", ratio: share, windowMillis, floor }
}

const positive = (field: string, value: number): number => {
  if (!(value > 0) || !Number.isFinite(value))
    throw new RangeError(`RetryBudget: ${field} must be above 0, got ${value}`)
  return value
}
