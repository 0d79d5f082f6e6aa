/**
 * Dates that a contract names, and how near they are.
 *
 * Neighbours: `ContractCheck` asks; days are whole days of UTC, and today comes in as a value.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A day, as `YYYY-MM-DD`.
 *
 * @category models
 * @since 0.1.0
 */
export type Day = string

/**
 * How far a day is from today.
 *
 * **Details**   `days` is negative for a day that is past; `soon`: at most so many days away, today included.
 *
 * @category models
 * @since 0.1.0
 */
export interface Due {
  readonly on: Day
  readonly days: number
  readonly due: "passed" | "soon" | "later"
}

/**
 * Judges a day.
 *
 * **Example** (Twelve days are near when thirty are looked at)
 *
 * ```ts import.meta.vitest
 * import * as Calendar from "@surety/cli/Calendar"
 *
 * Calendar.decide("2026-12-05", "2026-11-23", 30) // => { on: "2026-12-05", days: 12, due: "soon" }
 * Calendar.decide("2026-11-22", "2026-11-23", 0).due // => "passed"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (on: Day, today: Day, withinDays: number): Due => {
  const days = Math.round((millisOf(on) - millisOf(today)) / dayMillis)
  return { on, days, due: days < 0 ? "passed" : days <= withinDays ? "soon" : "later" }
}

/**
 * A distance in words.
 *
 * **Example** (Yesterday)
 *
 * ```ts import.meta.vitest
 * import * as Calendar from "@surety/cli/Calendar"
 *
 * Calendar.inWords(Calendar.decide("2026-11-22", "2026-11-23", 30)) // => "2026-11-22 was yesterday"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const inWords = ({ days, on }: Due): string => {
  if (days === 0) return `${on} is today`
  if (days === 1) return `${on} is tomorrow`
  if (days === -1) return `${on} was yesterday`
  return days < 0 ? `${on} was ${-days} days ago` : `${on} is in ${days} days`
}

/**
 * Reads a day; `undefined` for text that is none, such as February 30.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Day | undefined => {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? millisOf(text) : Number.NaN
  return Number.isNaN(millis) || dayOf(millis) !== text ? undefined : text
}

/**
 * The first day in a sentence, such as how a credential ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const findIn = (sentence: string): Day | undefined => parse(/\d{4}-\d{2}-\d{2}/.exec(sentence)?.[0] ?? "")

/**
 * The day of a moment.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dayOf = (epochMillis: number): Day => new Date(epochMillis).toISOString().slice(0, 10)

/**
 * A day later by some milliseconds.
 *
 * @category combinators
 * @since 0.1.0
 */
export const plus = (day: Day, millis: number): Day => dayOf(millisOf(day) + millis)

const dayMillis = 86_400_000

const millisOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
