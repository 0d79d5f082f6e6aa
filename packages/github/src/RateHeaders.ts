/**
 * Reads the waits and the counts in GitHub's response headers.
 *
 * The reset is a time on GitHub's clock, so it is measured against the response's own
 * `Date`: a client whose clock is wrong neither waits for hours nor comes too early.
 *
 * Neighbours: `Answers` asks how long a limited call has to wait, `GithubContract` hands
 * `learn` to the limiter. Pure.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as RateLimit from "surety/RateLimit"
import * as ServerHint from "surety/ServerHint"

type Headers = Readonly<Record<string, string>>

/**
 * The wait that GitHub asks for when it names none.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (2026-11)
 * @category constants
 * @since 0.1.0
 */
export const leastWait: Duration.Duration = Duration.minutes(1)

/**
 * Until the hourly limit is full again: a second after `x-ratelimit-reset`, which is
 * given in whole seconds.
 *
 * **Example** (A client whose clock is an hour slow)
 *
 * ```ts import.meta.vitest
 * import * as Duration from "effect/Duration"
 * import * as RateHeaders from "@surety/github/RateHeaders"
 *
 * const headers = { date: "Thu, 01 Jan 1970 01:00:00 GMT", "x-ratelimit-reset": "3630" }
 * RateHeaders.untilReset(headers, 0) // => Duration.seconds(31)
 * ```
 *
 * @category parsers
 * @since 0.1.0
 */
export const untilReset = (headers: Headers, nowMillis: number): Duration.Duration | undefined => {
  const wait = ServerHint.epochSeconds(headers["x-ratelimit-reset"], serverNow(headers, nowMillis))
  return wait === undefined ? undefined : Duration.sum(wait, Duration.seconds(1))
}

/**
 * `retry-after`, when the response has it.
 *
 * @category parsers
 * @since 0.1.0
 */
export const retryAfter = (headers: Headers, nowMillis: number): Duration.Duration | undefined =>
  ServerHint.retryAfter(headers["retry-after"], serverNow(headers, nowMillis))

/**
 * What a response says about the bucket that it names in `x-ratelimit-resource`.
 *
 * @category parsers
 * @since 0.1.0
 */
export const learn: RateLimit.Learn = ({ headers, nowMillis }) => {
  const bucket = headers["x-ratelimit-resource"]
  const remaining = ServerHint.count(headers["x-ratelimit-remaining"])
  if (bucket === undefined || remaining === undefined) return []
  const limit = ServerHint.count(headers["x-ratelimit-limit"])
  const reset = untilReset(headers, nowMillis)
  return [
    {
      bucket,
      remaining,
      ...(limit === undefined ? undefined : { limit }),
      ...(reset === undefined ? undefined : { resetMillis: Duration.toMillis(reset) })
    }
  ]
}

const serverNow = (headers: Headers, nowMillis: number): number => {
  const date = headers["date"]
  // only the date form: `Date.parse` alone would accept almost anything
  const millis = date !== undefined && /^[A-Za-z]{3}, /.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(millis) ? nowMillis : millis
}
