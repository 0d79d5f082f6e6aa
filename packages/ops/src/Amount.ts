/**
 * Amounts as people write them: `1.5 s`, `90 days`, `99.9 %`, `3 attempts`.
 *
 * `effect/Duration` prints every unit down to nanoseconds; a document says one.
 *
 * Neighbours: every document of this package prints with it.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A time.
 *
 * **Example** (From milliseconds to days)
 *
 * ```ts import.meta.vitest
 * import * as Amount from "@surety/ops/Amount"
 *
 * Amount.time(300) // => "300 ms"
 * Amount.time(1500) // => "1.5 s"
 * Amount.time(3_600_000) // => "60 min"
 * Amount.time(7_776_000_000) // => "90 days"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const time = (millis: number): string => {
  if (millis < 1000) return `${number(millis)} ms`
  if (millis < 120_000) return `${number(millis / 1000)} s`
  if (millis < 7_200_000) return `${number(millis / 60_000)} min`
  if (millis < 172_800_000) return `${number(millis / 3_600_000)} h`
  return `${number(millis / 86_400_000)} days`
}

/**
 * From the shortest to the longest of some times.
 *
 * @category conversions
 * @since 0.1.0
 */
export const times = (millis: ReadonlyArray<number>): string => {
  if (millis.length === 0) return "none"
  const [least, most] = [Math.min(...millis), Math.max(...millis)]
  return least === most ? time(least) : `${time(least)} to ${time(most)}`
}

/**
 * A share as a percentage.
 *
 * **Example** (Nines stay nines)
 *
 * ```ts import.meta.vitest
 * import * as Amount from "@surety/ops/Amount"
 *
 * Amount.percent(0.9995) // => "99.95 %"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const percent = (share: number): string => `${String(Number((share * 100).toPrecision(10)))} %`

/**
 * A number, to two places.
 *
 * @category conversions
 * @since 0.1.0
 */
export const number = (value: number): string => {
  const [whole = "0", part] = String(Number(value.toFixed(2))).split(".")
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`)
}

/**
 * A number of things.
 *
 * **Example** (One and many)
 *
 * ```ts import.meta.vitest
 * import * as Amount from "@surety/ops/Amount"
 *
 * Amount.count(1, "attempt") // => "1 attempt"
 * Amount.count(12_500, "request") // => "12,500 requests"
 * Amount.count(2, "query", "queries") // => "2 queries"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`

/**
 * How often something is sent again, of a number of attempts: the first one is no retry.
 *
 * **Example** (3 attempts are 2 retries)
 *
 * ```ts import.meta.vitest
 * import * as Amount from "@surety/ops/Amount"
 *
 * Amount.retries(1) // => "no"
 * Amount.retries(2) // => "once"
 * Amount.retries(3) // => "up to 2 times"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const retries = (attempts: number): string =>
  attempts < 2 ? "no" : attempts === 2 ? "once" : `up to ${number(attempts - 1)} times`

/**
 * Words in a row.
 *
 * **Example** (With an "and", or another word)
 *
 * ```ts import.meta.vitest
 * import * as Amount from "@surety/ops/Amount"
 *
 * Amount.all(["a", "b", "c"]) // => "a, b and c"
 * Amount.all(["429", "503"], "or") // => "429 or 503"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const all = (words: ReadonlyArray<string>, last = "and"): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`
