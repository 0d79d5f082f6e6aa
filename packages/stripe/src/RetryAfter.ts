/**
 * Reads `Retry-After`. Stripe does not document it; what stands in front of Stripe (a
 * proxy, an edge) may send it.
 *
 * @source RFC 9110, section 10.2.3
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * The wait, from whole seconds or from a date; `undefined` for anything else. A date that
 * has passed is no wait.
 *
 * **Example** (Both forms)
 *
 * ```ts import.meta.vitest
 * import * as Duration from "effect/Duration"
 * import * as RetryAfter from "@surety/stripe/RetryAfter"
 *
 * Duration.toMillis(RetryAfter.fromHeader("2", 0)!) // => 2000
 * Duration.toMillis(RetryAfter.fromHeader("Thu, 01 Jan 1970 00:00:05 GMT", 1000)!) // => 4000
 * RetryAfter.fromHeader("soon", 0) // => undefined
 * ```
 *
 * @category parsers
 * @since 0.1.0
 */
export const fromHeader = (value: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Duration.seconds(Number(value))
  const at = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Duration.millis(Math.max(0, at - nowMillis))
}
