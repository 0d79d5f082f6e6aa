/**
 * When a source that failed is asked again, as a pure rule: a failure is remembered, and calls in between learn it
 * without asking.
 *
 * Neighbours: `Custody` keeps the count and draws the random number.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { SourceFailure } from "./Source.ts"

/**
 * Milliseconds.
 *
 * **Details**   `unavailable`: full jitter below `base` × 2ⁿ, capped, never under `least`. `refused` (`rejected` and
 * `misconfigured`): without jitter, since a person is needed. `look`: how often a dead grant's source is asked whether
 * somebody has put a new grant in its place. `longestHint`: the longest "later" of a source that is believed.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults = {
  unavailable: { baseMillis: 1000, capMillis: 60_000, leastMillis: 100 },
  refused: { baseMillis: 30_000, capMillis: 300_000 },
  lookMillis: 30_000,
  longestHintMillis: 3_600_000
} as const

/**
 * **Details**   `failures`: in a row, this one included, from 1. `random`: in [0, 1).
 *
 * @category models
 * @since 0.1.0
 */
export interface Input {
  readonly reason: SourceFailure["reason"]
  readonly retryAfterMillis: number | undefined
  readonly failures: number
  readonly random: number
}

/**
 * `Wait`: ask again after `millis`. `Alarm`: likewise, and nothing gets better until somebody acts. `Dead`: no refresh
 * is tried any more; after `millis` the source may be asked whether there is a new grant.
 *
 * @category models
 * @since 0.1.0
 */
export type Decision =
  | { readonly _tag: "Wait"; readonly millis: number }
  | { readonly _tag: "Alarm"; readonly millis: number }
  | { readonly _tag: "Dead"; readonly millis: number }

/**
 * How long a failure is remembered.
 *
 * **Example** (A source that refuses us for the third time)
 *
 * ```ts import.meta.vitest
 * import { NegativeCache } from "surety/credential"
 *
 * NegativeCache.decide({ reason: "rejected", retryAfterMillis: undefined, failures: 3, random: 0.5 }) // => { _tag: "Alarm", millis: 120000 }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = ({ failures, random, reason, retryAfterMillis }: Input): Decision => {
  const floor = hint(retryAfterMillis)
  switch (reason) {
    case "unavailable": {
      const { baseMillis, capMillis, leastMillis } = defaults.unavailable
      const ceiling = doubled(baseMillis, capMillis, failures)
      return { _tag: "Wait", millis: Math.max(leastMillis, floor, ceiling * random) }
    }
    case "rejected":
    case "misconfigured": {
      const { baseMillis, capMillis } = defaults.refused
      return { _tag: "Alarm", millis: Math.max(floor, doubled(baseMillis, capMillis, failures)) }
    }
    case "reauthorize":
      return { _tag: "Dead", millis: Math.max(floor, defaults.lookMillis) }
  }
}

const doubled = (baseMillis: number, capMillis: number, failures: number): number =>
  Math.min(capMillis, baseMillis * 2 ** Math.min(30, Math.max(0, failures - 1)))

const hint = (millis: number | undefined): number =>
  millis !== undefined && millis > 0 ? Math.min(millis, defaults.longestHintMillis) : 0
