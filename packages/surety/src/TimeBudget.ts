/**
 * How long one attempt and the whole call may take. Everything a call does (queueing,
 * limiter, backoff, credential refresh, server hints) is paid from `total`.
 *
 * Neighbours: `TimeAlgebra` checks a budget against the retry matrix when an operation
 * is declared; the engine enforces it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * **Details**   `attempt`: from the first byte sent to the last byte decoded. `total`: from the
 * moment the call starts to its result. `0 < attempt <= total < ∞`.
 *
 * @category models
 * @since 0.1.0
 */
export interface TimeBudget {
  readonly attempt: Duration.Input
  readonly total: Duration.Input
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Millis {
  readonly attemptMillis: number
  readonly totalMillis: number
}

/**
 * Reads a budget.
 *
 * **Failures**   `RangeError` naming the operation, the field and both numbers.
 *
 * **Example** (Two seconds for an attempt, eight in all)
 *
 * ```ts import.meta.vitest
 * import * as TimeBudget from "surety/TimeBudget"
 *
 * TimeBudget.toMillis("charge", { attempt: "2 seconds", total: "8 seconds" }) // => { attemptMillis: 2000, totalMillis: 8000 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const toMillis = (operation: string, budget: TimeBudget): Millis => {
  const attemptMillis = read(operation, "timeout.attempt", budget.attempt)
  const totalMillis = read(operation, "timeout.total", budget.total)
  if (attemptMillis > totalMillis) {
    throw new RangeError(
      `${operation}: timeout.attempt (${attemptMillis} ms) is longer than timeout.total (${totalMillis} ms)`
    )
  }
  return { attemptMillis, totalMillis }
}

/** @internal */
export const read = (operation: string, field: string, input: Duration.Input): number => {
  const millis = millisOf(input)
  if (!(millis > 0) || !Number.isFinite(millis)) {
    throw new RangeError(`${operation}: ${field} must be a finite duration longer than zero, got ${String(input)}`)
  }
  return millis
}

/**
 * Milliseconds of a duration; `NaN` for what is none.
 *
 * @internal
 */
export const millisOf = (input: Duration.Input): number => {
  const duration = Duration.fromInput(input)
  return duration._tag === "Some" ? Duration.toMillis(duration.value) : Number.NaN
}
