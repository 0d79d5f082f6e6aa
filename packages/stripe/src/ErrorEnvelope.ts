/**
 * The error envelope of Stripe's v1 API, and the one decision that reads it: which
 * failure a response means.
 *
 * `classify` looks at the status, the envelope and two headers, and gives exactly one
 * answer; each wire in `Answers` asks it, so no two failures claim one response.
 *
 * @source https://docs.stripe.com/api/errors, https://docs.stripe.com/error-low-level (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * **Details**   Every member but `type` may be absent. `payment_intent` is read only as far as a
 * caller needs in order to go on.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ErrorEnvelope = Schema.Struct({
  error: Schema.Struct({
    type: Schema.String,
    code: Schema.optionalKey(Schema.String),
    decline_code: Schema.optionalKey(Schema.String),
    advice_code: Schema.optionalKey(Schema.String),
    param: Schema.optionalKey(Schema.String),
    message: Schema.optionalKey(Schema.String),
    charge: Schema.optionalKey(Schema.String),
    payment_intent: Schema.optionalKey(Schema.Struct({ id: Schema.String, status: Schema.String }))
  })
})

/**
 * @category models
 * @since 0.1.0
 */
export type ErrorEnvelope = typeof ErrorEnvelope.Type

/**
 * The envelope in a body. A 429 without one is an empty one: its status says all that is needed.
 *
 * **Example** (The page of a proxy)
 *
 * ```ts import.meta.vitest
 * import * as ErrorEnvelope from "@surety/stripe/ErrorEnvelope"
 *
 * ErrorEnvelope.from("<html>slow down</html>", 429) // => { error: { type: "" } }
 * ErrorEnvelope.from("<html>no</html>", 400) // => undefined
 * ```
 *
 * @category parsers
 * @since 0.1.0
 */
export const from = (body: unknown, status: number): ErrorEnvelope | undefined =>
  Option.getOrElse(decode(body), () => (status === 429 ? { error: { type: "" } } : undefined))

const decode = Schema.decodeUnknownOption(ErrorEnvelope)

/**
 * What a failure is decoded from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorEnvelope
  /** the wall clock when the answer came */
  readonly nowMillis: number
}

/**
 * The tag of the failure that an answer means.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind =
  | "CardDeclined"
  | "RateLimited"
  | "LimitReached"
  | "ObjectLocked"
  | "IdempotencyInUse"
  | "IdempotencyMismatch"
  | "ResourceMissing"
  | "UnexpectedState"
  | "InvalidRequest"
  | "Unauthorized"
  | "Forbidden"
  | "ApiFailure"
  | "FinalApiFailure"
  | "StoredFailure"

/**
 * **Details**   `rate_limit` and `lock_timeout` come under 400 and 429. A 5xx is final when
 * `Stripe-Should-Retry` is `false`, and stored when `Idempotent-Replayed` is `true`:
 * the same key will give the same answer for as long as it is remembered.
 *
 * **Example** (One status, three failures)
 *
 * ```ts import.meta.vitest
 * import * as ErrorEnvelope from "@surety/stripe/ErrorEnvelope"
 *
 * const at = { nowMillis: 0, body: { error: { type: "api_error" } } }
 * ErrorEnvelope.classify({ ...at, status: 500, headers: {} }) // => "ApiFailure"
 * ErrorEnvelope.classify({ ...at, status: 500, headers: { "stripe-should-retry": "false" } }) // => "FinalApiFailure"
 * ErrorEnvelope.classify({ ...at, status: 500, headers: { "idempotent-replayed": "true" } }) // => "StoredFailure"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const classify = (answer: Answer): Kind | undefined => {
  const { code, type } = answer.body.error
  switch (answer.status) {
    case 400:
    case 429:
      return code === "lock_timeout"
        ? "ObjectLocked"
        : code === "rate_limit" || answer.status === 429
          ? mayRetry(answer)
            ? "RateLimited"
            : "LimitReached"
          : type === "idempotency_error"
            ? "IdempotencyMismatch"
            : code === "payment_intent_unexpected_state"
              ? "UnexpectedState"
              : missingOrInvalid(code)
    case 401:
      return "Unauthorized"
    case 402:
      return "CardDeclined"
    case 403:
      return "Forbidden"
    case 404:
      return missingOrInvalid(code)
    case 409:
      return "IdempotencyInUse"
    case 424:
      return "FinalApiFailure"
    case 500:
    case 502:
    case 503:
    case 504:
      return answer.headers["idempotent-replayed"] === "true"
        ? "StoredFailure"
        : mayRetry(answer)
          ? "ApiFailure"
          : "FinalApiFailure"
    default:
      return undefined
  }
}

const missingOrInvalid = (code: string | undefined): Kind =>
  code === "resource_missing" ? "ResourceMissing" : "InvalidRequest"

const mayRetry = (answer: Answer): boolean => answer.headers["stripe-should-retry"] !== "false"
