/**
 * Every way in which real providers tell a client when to come back, as values that
 * a fake provider writes into its response headers.
 *
 * It only writes. Reading the hint of a response belongs to the provider's codec,
 * which is what these forms exist to test. `Duration.format` of Effect prints
 * `6m` where the Go form is `6m0s`, hence the small formatter here.
 *
 * Neighbours: `Fault.tooManyRequests` and `Fault.unavailable` carry a form.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * How the moment to retry is spelled.
 *
 * @category models
 * @since 0.1.0
 */
export type RetryAfterForm =
  | { readonly _tag: "None" }
  | { readonly _tag: "Seconds"; readonly wait: Duration.Duration }
  | { readonly _tag: "HttpDate"; readonly wait: Duration.Duration }
  | { readonly _tag: "Millis"; readonly wait: Duration.Duration }
  | { readonly _tag: "EpochSeconds"; readonly wait: Duration.Duration; readonly header: string }
  | { readonly _tag: "GoDuration"; readonly wait: Duration.Duration; readonly header: string }
  | { readonly _tag: "Rfc3339"; readonly wait: Duration.Duration; readonly header: string }
  | { readonly _tag: "Malformed"; readonly text: string }

/**
 * How long the client is told to wait.
 *
 * **Details**   A duration or its text, never a bare number: `seconds(3)` would be
 * three milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export type Wait = Exclude<Duration.Input, number | bigint>

/**
 * No hint at all.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: RetryAfterForm = { _tag: "None" }

/**
 * `retry-after: 3`, rounded up to whole seconds.
 *
 * @source RFC 9110 §10.2.3
 * @category constructors
 * @since 0.1.0
 */
export const seconds = (wait: Wait): RetryAfterForm => ({ _tag: "Seconds", wait: toDuration(wait) })

/**
 * `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`, the wait from now rounded up to whole
 * seconds.
 *
 * @source RFC 9110 §10.2.3 and §5.6.7
 * @category constructors
 * @since 0.1.0
 */
export const httpDate = (wait: Wait): RetryAfterForm => ({ _tag: "HttpDate", wait: toDuration(wait) })

/**
 * `retry-after-ms: 250`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const millis = (wait: Wait): RetryAfterForm => ({ _tag: "Millis", wait: toDuration(wait) })

/**
 * `x-ratelimit-reset: 1767225600`, Unix seconds rounded up, with no `retry-after`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const epochSeconds = (wait: Wait, header: string = "x-ratelimit-reset"): RetryAfterForm => ({
  _tag: "EpochSeconds",
  wait: toDuration(wait),
  header
})

/**
 * `x-ratelimit-reset-requests: 6m0s`, as Go prints a duration (`20ms`, `1.5s`).
 *
 * @category constructors
 * @since 0.1.0
 */
export const goDuration = (wait: Wait, header: string = "x-ratelimit-reset-requests"): RetryAfterForm => ({
  _tag: "GoDuration",
  wait: toDuration(wait),
  header
})

/**
 * `anthropic-ratelimit-requests-reset: 2026-10-28T12:00:01.000Z`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const rfc3339 = (wait: Wait, header: string = "anthropic-ratelimit-requests-reset"): RetryAfterForm => ({
  _tag: "Rfc3339",
  wait: toDuration(wait),
  header
})

/**
 * `retry-after: soon`: a value no client can read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const malformed = (text: string = "soon"): RetryAfterForm => ({ _tag: "Malformed", text })

/**
 * The response headers that spell a form at a given time of day.
 *
 * **Details**   Pure: `nowMillis` is the Unix time on the clock of the fake server.
 *
 * **Example** (A Go duration)
 *
 * ```ts import.meta.vitest
 * import { RetryAfterForm } from "surety/testing"
 *
 * RetryAfterForm.toHeaders(RetryAfterForm.goDuration("6 minutes"), 0) // => { "x-ratelimit-reset-requests": "6m0s" }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const toHeaders = (form: RetryAfterForm, nowMillis: number): Readonly<Record<string, string>> => {
  switch (form._tag) {
    case "None":
      return {}
    case "Seconds":
      return { "retry-after": String(Math.ceil(Duration.toSeconds(form.wait))) }
    case "HttpDate":
      return {
        "retry-after": new Date(Math.ceil((nowMillis + Duration.toMillis(form.wait)) / 1000) * 1000).toUTCString()
      }
    case "Millis":
      return { "retry-after-ms": String(Math.ceil(Duration.toMillis(form.wait))) }
    case "EpochSeconds":
      return { [form.header]: String(Math.ceil((nowMillis + Duration.toMillis(form.wait)) / 1000)) }
    case "GoDuration":
      return { [form.header]: formatGo(Duration.toMillis(form.wait)) }
    case "Rfc3339":
      return { [form.header]: new Date(nowMillis + Duration.toMillis(form.wait)).toISOString() }
    case "Malformed":
      return { "retry-after": form.text }
  }
}

const toDuration = (wait: Wait): Duration.Duration => Duration.fromInputUnsafe(wait)

// Go prints whole milliseconds below one second, and every smaller unit once a larger one is there.
const formatGo = (waitMillis: number): string => {
  if (waitMillis < 1000) return waitMillis === 0 ? "0s" : `${waitMillis}ms`
  const hours = Math.floor(waitMillis / 3_600_000)
  const minutes = Math.floor((waitMillis % 3_600_000) / 60_000)
  const rest = (waitMillis % 60_000) / 1000
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${rest}s`
}
