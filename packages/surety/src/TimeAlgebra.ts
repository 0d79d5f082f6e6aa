/**
 * The arithmetic that no type can say cheaply, checked when an operation is declared: an
 * attempt fits into the total, the matrix can be paid for, the hedge comes before the
 * timeout. Every error names the numbers.
 *
 * Neighbours: `Explain` prints the same numbers. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Backoff from "./Backoff.ts"
import type * as Failure from "./Failure.ts"
import type { RetryMatrix } from "./RetryMatrix.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Checked extends TimeBudget.Millis {
  readonly hedgeMillis: number | undefined
}

/**
 * The longest time a rule can need, in milliseconds: every attempt runs into its timeout
 * and every wait is as long as it can be.
 *
 * **Example** (Three attempts of 2 s with waits of at most 50 and 100 ms)
 *
 * ```ts import.meta.vitest
 * import * as Backoff from "surety/Backoff"
 * import * as TimeAlgebra from "surety/TimeAlgebra"
 *
 * const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 * TimeAlgebra.worstCaseMillis(quick, 2000) // => 6150
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const worstCaseMillis = (rule: Backoff.Rule, attemptMillis: number): number => {
  if (rule._tag === "Never") return attemptMillis
  let total = attemptMillis * rule.maxAttempts
  for (let retry = 1; retry < rule.maxAttempts; retry++) total += Backoff.ceilingMillis(rule, retry)
  return total
}

/**
 * Checks the declaration of one operation.
 *
 * **Failures**   `RangeError`: a budget that is not a duration; attempt over total; a rule whose last
 * attempt could never start; a hedge at or after the attempt timeout; two failures with one
 * tag.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (declared: {
  readonly operation: string
  readonly timeout: TimeBudget.TimeBudget
  readonly retry: RetryMatrix
  readonly failures: ReadonlyArray<Failure.Source<unknown>>
  readonly hedge: Duration.Input | undefined
}): Checked => {
  const { attemptMillis, totalMillis } = TimeBudget.toMillis(declared.operation, declared.timeout)
  const tags = new Map<string, Failure.Source<unknown>>()
  for (const failure of declared.failures) {
    const before = tags.get(failure.tag)
    if (before !== undefined && before.disposition !== failure.disposition) {
      throw new RangeError(
        `${declared.operation}: two failures are tagged '${failure.tag}' and disagree (${before.disposition}, ${failure.disposition})`
      )
    }
    tags.set(failure.tag, failure)
  }
  for (const [tag, rule] of Object.entries(declared.retry)) {
    if (!("_tag" in rule) || (rule._tag !== "Never" && !Backoff.isBackoff(rule))) {
      throw new RangeError(`${declared.operation}: retry.${tag} must be Backoff.exponential(...) or Backoff.never`)
    }
    if (rule._tag === "Never") continue
    const worst = worstCaseMillis(rule, attemptMillis)
    if (worst > totalMillis) {
      throw new RangeError(
        `${declared.operation}: retry.${tag} needs up to ${Math.ceil(worst)} ms (${rule.maxAttempts} attempts of ${attemptMillis} ms, waits of up to ${Math.ceil(
          worst - attemptMillis * rule.maxAttempts
        )} ms), but timeout.total is ${totalMillis} ms: raise total, or lower attempt, maxAttempts or cap`
      )
    }
  }
  if (declared.hedge === undefined) return { attemptMillis, totalMillis, hedgeMillis: undefined }
  const hedgeMillis = millis(declared.operation, "hedge.after", declared.hedge)
  if (hedgeMillis >= attemptMillis) {
    throw new RangeError(
      `${declared.operation}: hedge.after (${hedgeMillis} ms) must be below timeout.attempt (${attemptMillis} ms)`
    )
  }
  return { attemptMillis, totalMillis, hedgeMillis }
}

/** @internal */
export const millis = TimeBudget.read
