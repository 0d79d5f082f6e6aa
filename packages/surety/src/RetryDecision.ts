/**
 * The one decision after a failed attempt: again, after how long, or stop, and why. Pure:
 * now, randomness and the budget's answer come in as values.
 *
 * Neighbours: `engine/Call` asks it; `Explain` prints what it can answer.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "./Backoff.ts"
import type { Stopped } from "./CallError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type RetryDecision =
  | { readonly _tag: "Again"; readonly afterMillis: number }
  | { readonly _tag: "Stop"; readonly because: Stopped }

/**
 * What the decision depends on.
 *
 * **Details**   `attempts`: how many were made. `hintMillis`: the wait the provider asks for, a floor
 * that is never shortened. `remainingMillis`: what is left of the total deadline. `keyMillis`:
 * how much longer the provider remembers the key.
 *
 * @category models
 * @since 0.1.0
 */
export interface Facts {
  readonly rule: Backoff.Rule
  readonly attempts: number
  readonly random: number
  readonly previousMillis: number
  readonly hintMillis: number
  readonly remainingMillis: number
  readonly keyMillis: number
}

/**
 * Decides.
 *
 * **Example** (A server that asks for a day)
 *
 * ```ts import.meta.vitest
 * import * as Backoff from "surety/Backoff"
 * import * as RetryDecision from "surety/RetryDecision"
 *
 * const rule = Backoff.exponential({ base: "100 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 * const facts = { rule, attempts: 1, random: 0.5, previousMillis: 0, hintMillis: 0, remainingMillis: 8000, keyMillis: Infinity }
 * RetryDecision.decide(facts) // => { _tag: "Again", afterMillis: 50 }
 * RetryDecision.decide({ ...facts, hintMillis: 86400000 }) // => { _tag: "Stop", because: "server-wait" }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (facts: Facts): RetryDecision => {
  const { rule } = facts
  if (rule._tag === "Never") return stop("rule")
  if (facts.attempts >= rule.maxAttempts) return stop("attempts")
  const backoff = Backoff.delayMillis(rule, {
    retry: facts.attempts,
    random: facts.random,
    previousMillis: facts.previousMillis
  })
  const afterMillis = Math.max(backoff, facts.hintMillis)
  if (afterMillis >= facts.remainingMillis) return stop(facts.hintMillis > backoff ? "server-wait" : "deadline")
  if (afterMillis >= facts.keyMillis) return stop("key-expired")
  return { _tag: "Again", afterMillis }
}

const stop = (because: Stopped): RetryDecision => ({ _tag: "Stop", because })
