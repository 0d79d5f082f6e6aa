/**
 * Reads the three date forms of HTTP. `Date.parse` alone accepts almost anything, takes the form without a zone for local
 * time, and makes another day of one that does not exist.
 *
 * Neighbours: `ServerHint` and `Notice` read headers with it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Epoch milliseconds, or `undefined`, also for a date or a time of day that does not exist. A leap second is none.
 *
 * **Example** (The preferred form, and the two old ones)
 *
 * ```ts import.meta.vitest
 * import * as HttpDate from "surety/HttpDate"
 *
 * HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") // => 784111777000
 * HttpDate.parse("Sunday, 06-Nov-94 08:49:37 GMT") // => 784111777000
 * HttpDate.parse("Sun Nov  6 08:49:37 1994") // => 784111777000
 * HttpDate.parse("Tue, 31 Feb 2026 00:00:00 GMT") // => undefined
 * ```
 *
 * @source RFC 9110, section 5.6.7
 * @category parsers
 * @since 0.1.0
 */
export const parse = (value: string | undefined): number | undefined => {
  const text = value?.trim() ?? ""
  const [, written, day, zone = "GMT"] = zoned.exec(text) ?? asctime.exec(text) ?? []
  // February 31 would be March 3, and 24 o'clock the next day: what comes back as another day does not exist
  return new Date(`${written} GMT`).getUTCDate() === Number(day) ? Date.parse(`${written} ${zone}`) : undefined
}

const zoned = /^([A-Za-z]{3,9}, (\d\d?)[ -][A-Za-z]{3}[ -](?:\d\d){1,2} \d\d:\d\d:[0-5]\d) (GMT|UTC|[+-]\d{4})$/
const asctime = /^([A-Za-z]{3} [A-Za-z]{3} ([ \d]\d) \d\d:\d\d:[0-5]\d \d{4})$/
