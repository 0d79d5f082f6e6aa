/**
 * How many requests a provider may get for each call, by its contract.
 *
 * Neighbours: `alerts/RetryAlerts` watches it; the dossier prints it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as Explain from "surety/Explain"

/**
 * **Details**   `most`: what one call can become. `sustained`: the mean over time when retries are paid from what the retry
 * budget gains, `undefined` where nothing is sent twice.
 *
 * @category models
 * @since 0.1.0
 */
export interface Amplification {
  readonly most: number
  readonly sustained: number | undefined
}

/**
 * Reads it from a contract.
 *
 * **Details**   A budget of a ratio sustains 1 plus the ratio. A bucket gains one token for each call that went well at once, so
 * it sustains 1 plus the reverse of what the cheapest retry costs. A retry that helps gives its tokens back: more than this
 * means that calls go wrong first and then well, again and again.
 *
 * **Example** (The default budget: a fifth more)
 *
 * ```ts import.meta.vitest
 * import { Amplification } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * Amplification.of(Stripe.contract) // => { most: 3, sustained: 1.2 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (contract: Contract.Any): Amplification => {
  const most = Math.max(1, ...Explain.explain(contract).operations.map(({ maxRequests }) => maxRequests))
  if (most === 1) return { most, sustained: undefined }
  const budget = contract.limits.retryBudget
  const gain = budget._tag === "Ratio" ? budget.ratio : 1 / Math.min(budget.outageCost, budget.throttledCost)
  return { most, sustained: Math.min(most, 1 + gain) }
}
