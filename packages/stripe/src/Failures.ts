/**
 * The failures a call of Stripe's can end with.
 *
 * No failure keeps a response body, a header or an API key; `requestId` is what
 * Stripe's support asks for.
 *
 * Neighbours: `Answers` binds each to the responses that mean it; `Policy` says which
 * may be sent again.
 *
 * @source https://docs.stripe.com/error-handling, https://docs.stripe.com/rate-limits (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Failure from "surety/Failure"

const optionalText = Schema.optionalKey(Schema.String)

/** What every failure of Stripe's may carry. */
const common = { code: optionalText, requestId: optionalText } as const

/**
 * The card was not charged: the issuer, or Stripe, said no.
 *
 * **Details**   `adviceCode` says whether another try makes business sense (`try_again_later`,
 * `confirm_card_data`, `do_not_try_again`); that is a new call with a new key. The
 * intent lives on: confirm `paymentIntent.id` with another payment method.
 *
 * @category failures
 * @since 0.1.0
 */
export class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied",
  fields: {
    ...common,
    declineCode: optionalText,
    adviceCode: optionalText,
    charge: optionalText,
    paymentIntent: Schema.optionalKey(Schema.Struct({ id: Schema.String, status: Schema.String }))
  },
  message: (e) => `The card was declined (${e.declineCode ?? e.code ?? "no code"})`
}) {}

/**
 * Too many requests; refused before anything was looked at.
 *
 * **Details**   `limiter`: which of Stripe's limiters refused (`global-rate`, `endpoint-rate`,
 * `global-concurrency`, `endpoint-concurrency`, `resource-specific`).
 *
 * @category failures
 * @since 0.1.0
 */
export class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", {
  retry: "safe",
  fault: "provider",
  fields: { ...common, limiter: optionalText, retryAfter: Schema.optionalKey(Schema.Duration) },
  message: (e) => `Stripe limits the rate of requests (${e.limiter ?? "limiter not named"})`
}) {}

/**
 * Too many requests, and Stripe says that trying again soon is of no use.
 *
 * @category failures
 * @since 0.1.0
 */
export class LimitReached extends Failure.Tagged<LimitReached>()("LimitReached", {
  retry: "safe",
  fault: "provider",
  fields: { ...common, limiter: optionalText, retryAfter: Schema.optionalKey(Schema.Duration) },
  message: (e) => `Stripe limits the rate of requests (${e.limiter ?? "limiter not named"}) and advises not to retry`
}) {}

/**
 * Another request holds the object; nothing was applied.
 *
 * **Details**   It says nothing about Stripe's load, so it pauses nobody else: two of our own calls
 * met on one object.
 *
 * @category failures
 * @since 0.1.0
 */
export class ObjectLocked extends Failure.Tagged<ObjectLocked>()("ObjectLocked", {
  retry: "safe",
  fault: "caller",
  fields: common,
  message: () => "Another request holds the object at Stripe"
}) {}

/**
 * A request with this key is still executing, often our own first attempt: what it
 * leads to is not known yet. The same key tells it later.
 *
 * @category failures
 * @since 0.1.0
 */
export class IdempotencyInUse extends Failure.Tagged<IdempotencyInUse>()("IdempotencyInUse", {
  retry: "idempotent-only",
  fault: "caller",
  idempotency: "in_progress",
  fields: common,
  message: () => "Another request with this idempotency key is still executing at Stripe"
}) {}

/**
 * The key was used before with other parameters, or for another endpoint: two calls
 * share one key, and what the first one did stands.
 *
 * @category failures
 * @since 0.1.0
 */
export class IdempotencyMismatch extends Failure.Tagged<IdempotencyMismatch>()("IdempotencyMismatch", {
  retry: "never",
  fault: "caller",
  idempotency: "conflict",
  fields: common,
  message: () => "The idempotency key was used before with other parameters"
}) {}

/**
 * Nothing has this identifier, in the path or in the parameter named.
 *
 * @category failures
 * @since 0.1.0
 */
export class ResourceMissing extends Failure.Tagged<ResourceMissing>()("ResourceMissing", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied",
  fields: { ...common, param: optionalText },
  message: (e) => `Stripe has no such object (${e.param ?? "parameter not named"})`
}) {}

/**
 * The payment intent is in a status that does not allow this.
 *
 * **Details**   `paymentIntent.status` is where it stands; `succeeded` after a confirm or a capture
 * means that somebody was here before.
 *
 * @category failures
 * @since 0.1.0
 */
export class UnexpectedState extends Failure.Tagged<UnexpectedState>()("UnexpectedState", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied",
  fields: {
    ...common,
    paymentIntent: Schema.optionalKey(Schema.Struct({ id: Schema.String, status: Schema.String }))
  },
  message: (e) =>
    e.paymentIntent === undefined
      ? "The payment intent does not allow this"
      : `The payment intent ${e.paymentIntent.id} is ${e.paymentIntent.status}, which does not allow this`
}) {}

/**
 * The request is wrong and stays wrong.
 *
 * **Details**   `detail` is Stripe's own sentence; it may repeat a parameter that was sent.
 *
 * @category failures
 * @since 0.1.0
 */
export class InvalidRequest extends Failure.Tagged<InvalidRequest>()("InvalidRequest", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied",
  fields: { ...common, param: optionalText, detail: optionalText },
  message: (e) =>
    `Stripe refused the request (${e.code ?? "no code"}${e.param === undefined ? "" : `, parameter ${e.param}`})${
      e.detail === undefined ? "" : `: ${e.detail}`
    }`
}) {}

/**
 * The API key is wrong, expired or missing.
 *
 * @category failures
 * @since 0.1.0
 */
export class Unauthorized extends Failure.Tagged<Unauthorized>()("Unauthorized", {
  retry: "never",
  fault: "caller",
  fields: common,
  message: (e) => `Stripe does not accept the API key (${e.code ?? "no code"})`
}) {}

/**
 * The API key may not do this.
 *
 * @category failures
 * @since 0.1.0
 */
export class Forbidden extends Failure.Tagged<Forbidden>()("Forbidden", {
  retry: "never",
  fault: "caller",
  fields: common,
  message: () => "The API key is not allowed to do this at Stripe"
}) {}

const serverFields = {
  ...common,
  status: Schema.Int,
  retryAfter: Schema.optionalKey(Schema.Duration)
} as const

/**
 * Something broke at Stripe. The request may have been applied.
 *
 * @category failures
 * @since 0.1.0
 */
export class ApiFailure extends Failure.Tagged<ApiFailure>()("ApiFailure", {
  retry: "idempotent-only",
  fault: "provider",
  fields: serverFields,
  message: (e) => `Stripe failed with ${e.status}`
}) {}

/**
 * Something broke at Stripe, or behind it, and Stripe says that sending the request
 * again is of no use. It may have been applied.
 *
 * @category failures
 * @since 0.1.0
 */
export class FinalApiFailure extends Failure.Tagged<FinalApiFailure>()("FinalApiFailure", {
  retry: "idempotent-only",
  fault: "provider",
  fields: serverFields,
  message: (e) => `Stripe failed with ${e.status} and advises not to retry`
}) {}

/**
 * The stored answer of this key is a server error: every request with the key gets it,
 * until Stripe forgets the key. The request may have been applied; look the object up.
 *
 * **Details**   It tells what happened once, not how Stripe is now, so the breaker ignores it.
 *
 * @category failures
 * @since 0.1.0
 */
export class StoredFailure extends Failure.Tagged<StoredFailure>()("StoredFailure", {
  retry: "idempotent-only",
  fault: "provider",
  health: "ignored",
  fields: serverFields,
  message: (e) => `Stripe replays a stored ${e.status} for this idempotency key`
}) {}
