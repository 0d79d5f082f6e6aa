/**
 * What the messages of call errors are made of.
 *
 * Neighbours: `CallError` and `OutcomeUnknown` write them; `StopReason` has its own words.
 *
 * @stability experimental
 * @since 0.1.0
 */

/** @internal */
export const count = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`)

/** @internal */
export const text = (u: unknown): string => (u instanceof Error ? u.message : String(u))

/** @internal */
export const until = (epochMillis: number | undefined): string =>
  epochMillis === undefined
    ? ""
    : `. The provider asks to wait until ${new Date(Math.min(epochMillis, latestDate)).toISOString()}`

/** The latest time a Date can hold: a provider may ask for more. */
const latestDate = 8.64e15
