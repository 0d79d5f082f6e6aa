/**
 * When a secret is renewed: the two windows before its end, as a pure rule. In the first calls go on with the secret
 * while a newer one is fetched; in the second they wait for it.
 *
 * Both windows are fractions of the lifetime, so that a token of one second is not refreshed at each call, and are
 * capped, so that a token of a day is not refreshed hours early. Peers use a fixed window of 5 minutes: they refresh a
 * token of 4 minutes at each call.
 *
 * Neighbours: `Held` turns wall-clock times into the monotonic ones that are used here; `Custody` acts.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Part of the lifetime that each window and the skew may take at most.
 *
 * @category constants
 * @since 0.1.0
 */
export const fractions = { advisory: 0.2, mandatory: 0.05, skew: 0.1 } as const

/**
 * The caps: each in milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Caps {
  readonly advisoryMillis: number
  readonly mandatoryMillis: number
  readonly skewMillis: number
}

/**
 * What is known of a secret's life.
 *
 * **Details**   `arrivedMillis`, `expiresMillis`: on one monotonic clock; without `expiresMillis` there is no known end.
 * `recheckMillis`: how long after it arrived the source is to be asked for a newer one. `jitter`: drawn once per
 * secret, in [0, 1); it moves the advisory window and the recheck of processes that got the secret together apart.
 *
 * @category models
 * @since 0.1.0
 */
export interface Life {
  readonly arrivedMillis: number
  readonly expiresMillis: number | undefined
  readonly recheckMillis: number | undefined
  readonly policy: Caps
  readonly jitter: number
}

/**
 * The instants at which a window begins, on the same clock. `Infinity`: never.
 *
 * @category models
 * @since 0.1.0
 */
export interface Instants {
  readonly advisoryMillis: number
  readonly mandatoryMillis: number
  /** From here on the secret is never sent: its expiry less the skew. */
  readonly endMillis: number
  readonly recheckMillis: number
}

/**
 * What to do with the secret now.
 *
 * **Details**   `Fresh`: use it, nothing is due before `untilMillis`. `Advisory`: use it, and fetch a newer one beside,
 * because of its `window` or of a `recheck`; calls wait from `mandatoryMillis` on. `Mandatory`: fetch a newer one first;
 * while that fails it may be used until `endMillis`. `Expired`: never send it.
 *
 * @category models
 * @since 0.1.0
 */
export type Decision =
  | { readonly _tag: "Fresh"; readonly untilMillis: number }
  | { readonly _tag: "Advisory"; readonly because: "window" | "recheck"; readonly mandatoryMillis: number }
  | { readonly _tag: "Mandatory"; readonly endMillis: number }
  | { readonly _tag: "Expired"; readonly sinceMillis: number }

/** A recheck is never closer than this, whatever a source says. */
const leastRecheckMillis = 100

/**
 * The windows of one secret.
 *
 * **Details**   They are counted back from the end of use, which is the expiry less the skew; the skew is for clocks
 * that disagree and for the time that a request is under way.
 *
 * **Example** (A token of one hour that arrived at 0, without jitter)
 *
 * ```ts import.meta.vitest
 * import { RefreshWindow } from "surety/credential"
 *
 * const policy = { advisoryMillis: 300_000, mandatoryMillis: 60_000, skewMillis: 5000 }
 * const hour = { arrivedMillis: 0, expiresMillis: 3_600_000, recheckMillis: undefined, policy, jitter: 0 }
 *
 * RefreshWindow.instants(hour) // => { advisoryMillis: 3295000, mandatoryMillis: 3535000, endMillis: 3595000, recheckMillis: Infinity }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const instants = (life: Life): Instants => {
  const { arrivedMillis, expiresMillis, policy } = life
  const jitter = life.jitter >= 0 && life.jitter < 1 ? life.jitter : 0
  const recheckMillis =
    life.recheckMillis === undefined || Number.isNaN(life.recheckMillis)
      ? Infinity
      : arrivedMillis + Math.max(leastRecheckMillis, life.recheckMillis * (1 - 0.1 * jitter))
  if (expiresMillis === undefined) {
    return { advisoryMillis: Infinity, mandatoryMillis: Infinity, endMillis: Infinity, recheckMillis }
  }
  const lifetime = Math.max(0, expiresMillis - arrivedMillis)
  const endMillis = expiresMillis - Math.min(policy.skewMillis, fractions.skew * lifetime)
  const advisory = Math.min(policy.advisoryMillis, fractions.advisory * lifetime)
  const mandatory = Math.min(policy.mandatoryMillis, fractions.mandatory * lifetime, advisory)
  return {
    // the last fifth of the window is the jitter's, so that it never meets the mandatory one
    advisoryMillis: endMillis - advisory + jitter * 0.2 * (advisory - mandatory),
    mandatoryMillis: endMillis - mandatory,
    endMillis,
    recheckMillis
  }
}

/**
 * What to do with a secret at `nowMillis`.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (input: Life & { readonly nowMillis: number }): Decision => at(instants(input), input.nowMillis)

/**
 * The same, for windows that are known already.
 *
 * @category rules
 * @since 0.1.0
 */
export const at = (instants: Instants, nowMillis: number): Decision => {
  const { advisoryMillis, endMillis, mandatoryMillis, recheckMillis } = instants
  if (nowMillis >= endMillis) return { _tag: "Expired", sinceMillis: endMillis }
  if (nowMillis >= mandatoryMillis) return { _tag: "Mandatory", endMillis }
  if (nowMillis >= advisoryMillis) return { _tag: "Advisory", because: "window", mandatoryMillis }
  if (nowMillis >= recheckMillis) return { _tag: "Advisory", because: "recheck", mandatoryMillis }
  return { _tag: "Fresh", untilMillis: Math.min(advisoryMillis, recheckMillis) }
}

/**
 * The same windows, none of which begins before `untilMillis`; the end stays.
 *
 * @category rules
 * @since 0.1.0
 */
export const later = (instants: Instants, untilMillis: number): Instants => {
  const { advisoryMillis, endMillis, mandatoryMillis, recheckMillis } = instants
  const mandatory = Math.min(endMillis, Math.max(mandatoryMillis, untilMillis))
  return {
    advisoryMillis: Math.min(mandatory, Math.max(advisoryMillis, untilMillis)),
    mandatoryMillis: mandatory,
    endMillis,
    recheckMillis: Math.max(recheckMillis, untilMillis)
  }
}
