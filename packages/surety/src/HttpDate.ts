/**
 * Reads the three date forms of HTTP. `Date.parse` alone accepts almost anything, and takes
 * the form without a zone for local time.
 *
 * Neighbours: `ServerHint` and `Notice` read headers with it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Epoch milliseconds, or `undefined`.
 *
 * **Example** (The preferred form, and the two old ones)
 *
 * ```ts import.meta.vitest
 * import * as HttpDate from "surety/HttpDate"
 *
 * HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") // => 784111777000
 * HttpDate.parse("Sunday, 06-Nov-94 08:49:37 GMT") // => 784111777000
 * HttpDate.parse("Sun Nov  6 08:49:37 1994") // => 784111777000
 * HttpDate.parse("tomorrow") // => undefined
 * ```
 *
 * @source RFC 9110, section 5.6.7
 * @category parsers
 * @since 0.1.0
 */
export const parse = (value: string): number | undefined => {
  const text = value.trim()
  if (text.length > 64) return undefined
  const millis = zoned.test(text) ? Date.parse(text) : asctime.test(text) ? Date.parse(`${text} GMT`) : Number.NaN
  return Number.isNaN(millis) ? undefined : millis
}

const zoned = /^[A-Za-z]{3,9}, \d{1,2}[ -][A-Za-z]{3}[ -](?:\d{2}|\d{4}) \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/
const asctime = /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/
