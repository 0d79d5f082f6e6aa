/**
 * Reads the waits that providers put into headers. Each provider names the form it uses,
 * because the same header name means seconds at one and milliseconds at another; nothing is
 * guessed. Malformed values are `undefined`, never an error.
 *
 * Neighbours: failures decode their `retryAfter` field with these; `RateLimit.Learn`
 * functions use them for resets. Pure: now comes in as an argument.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as HttpDate from "./HttpDate.ts"

/**
 * `Retry-After`: whole seconds, or an HTTP date.
 *
 * **Details**   A date in the past is a wait of zero. `nowMillis` is the wall clock, best the provider's (`clock`).
 *
 * **Example** (Both forms)
 *
 * ```ts import.meta.vitest
 * import * as Duration from "effect/Duration"
 * import * as ServerHint from "surety/ServerHint"
 *
 * ServerHint.retryAfter("120", 0) // => Duration.seconds(120)
 * ServerHint.retryAfter("Thu, 01 Jan 1970 00:00:05 GMT", 2000) // => Duration.seconds(3)
 * ServerHint.retryAfter("soon", 0) // => undefined
 * ```
 *
 * @source RFC 9110, section 10.2.3
 * @category parsers
 * @since 0.1.0
 */
export const retryAfter = (value: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  const text = value?.trim() ?? ""
  if (/^\d{1,10}$/.test(text)) return Duration.seconds(Number(text))
  const at = HttpDate.parse(text)
  return at === undefined ? undefined : until(at, nowMillis)
}

/**
 * A number of seconds, with or without a fraction.
 *
 * @category parsers
 * @since 0.1.0
 */
export const seconds = (value: string | undefined): Duration.Duration | undefined => scaled(value, 1000)

/**
 * A number of milliseconds, as in `retry-after-ms`.
 *
 * @source OpenAI and Anthropic SDKs
 * @category parsers
 * @since 0.1.0
 */
export const millis = (value: string | undefined): Duration.Duration | undefined => scaled(value, 1)

/**
 * Seconds since the epoch, as in GitHub's `x-ratelimit-reset`.
 *
 * @source GitHub REST API, rate limits
 * @category parsers
 * @since 0.1.0
 */
export const epochSeconds = (value: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  const at = numberOf(value)
  return at === undefined ? undefined : until(at * 1000, nowMillis)
}

/**
 * Milliseconds since the epoch.
 *
 * @category parsers
 * @since 0.1.0
 */
export const epochMillis = (value: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  const at = numberOf(value)
  return at === undefined ? undefined : until(at, nowMillis)
}

/**
 * A Go duration, as in OpenAI's `x-ratelimit-reset-requests`: `6m0s`, `20ms`, `1h2m3.5s`.
 *
 * **Example** (Six minutes)
 *
 * ```ts import.meta.vitest
 * import * as Duration from "effect/Duration"
 * import * as ServerHint from "surety/ServerHint"
 *
 * ServerHint.goDuration("6m0s") // => Duration.minutes(6)
 * ServerHint.goDuration("20ms") // => Duration.millis(20)
 * ServerHint.goDuration("20") // => undefined
 * ```
 *
 * @source Go, time.ParseDuration
 * @category parsers
 * @since 0.1.0
 */
export const goDuration = (value: string | undefined): Duration.Duration | undefined => {
  const text = value?.trim() ?? ""
  // a longer one is no duration anybody meant, and would overflow
  if (text.length > 64 || !/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(part[1]) * (units[part[2] ?? ""] ?? 0)
  }
  return Duration.millis(total)
}

/**
 * A date-time, as in Anthropic's `anthropic-ratelimit-requests-reset`.
 *
 * @source RFC 3339, section 5.6
 * @category parsers
 * @since 0.1.0
 */
export const rfc3339 = (value: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  const text = value?.trim() ?? ""
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const day = text.slice(0, 10)
  // the way back refuses dates that do not exist, such as February 30
  return new Date(day).toJSON()?.slice(0, 10) === day ? until(Date.parse(text), nowMillis) : undefined
}

/**
 * A header that holds a count, or `undefined`.
 *
 * @category parsers
 * @since 0.1.0
 */
export const count = (value: string | undefined): number | undefined => {
  const text = value?.trim() ?? ""
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/**
 * The time by which a response's dates are to be read: the provider's own (`Date`), where that is
 * within a day of ours, else ours.
 *
 * **Details**   A wait that is given as a date is then right on a machine whose clock is wrong. A `Date` further away
 * is a mistake, and would make a wait of years.
 *
 * **Example** (Our clock is a minute fast)
 *
 * ```ts import.meta.vitest
 * import * as ServerHint from "surety/ServerHint"
 *
 * ServerHint.clock("Thu, 01 Jan 1970 00:01:00 GMT", 120_000) // => 60000
 * ServerHint.clock("Thu, 01 Jan 1970 00:01:00 GMT", 1_800_000_000_000) // => 1800000000000
 * ServerHint.clock(undefined, 5) // => 5
 * ```
 *
 * @source RFC 9110, section 6.6.1
 * @category parsers
 * @since 0.1.0
 */
export const clock = (date: string | undefined, nowMillis: number): number => {
  const at = HttpDate.parse(date)
  return at !== undefined && Math.abs(at - nowMillis) < 86_400_000 ? at : nowMillis
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000
}

const numberOf = (value: string | undefined): number | undefined => {
  const text = value?.trim() ?? ""
  return /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined
}

const scaled = (value: string | undefined, factor: number): Duration.Duration | undefined => {
  const amount = numberOf(value)
  return amount === undefined ? undefined : Duration.millis(amount * factor)
}

const until = (at: number, nowMillis: number): Duration.Duration | undefined =>
  Number.isNaN(at) ? undefined : Duration.millis(Math.max(0, at - nowMillis))
