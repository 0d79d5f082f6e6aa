/**
 * What Stripe's error answers mean: each failure bound to its statuses, its envelope and
 * its headers, in both directions.
 *
 * Nothing is decided here: `ErrorEnvelope.classify` says which failure an answer means,
 * so that no two claim the same one.
 *
 * Neighbours: `Failures` declares the classes, `Operations` lists which can come.
 *
 * @source https://docs.stripe.com/api/errors (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as ServerHint from "surety/ServerHint"
import type * as Wire from "surety/Wire"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Failures from "./Failures.ts"

const server = [500, 502, 503, 504] as const

/**
 * What any request can be answered with.
 *
 * @category wires
 * @since 0.1.0
 */
export const ofReads = [
  Failures.RateLimited.wire([429, 400], {
    ...throttled("RateLimited"),
    encode: (e) => ({
      headers: { ...header("stripe-rate-limited-reason", e.limiter), ...waitHeader(e.retryAfter) },
      body: errorBody("invalid_request_error", { code: "rate_limit", ...e })
    })
  }),
  Failures.LimitReached.wire([429, 400], {
    ...throttled("LimitReached"),
    encode: (e) => ({
      headers: {
        ...header("stripe-rate-limited-reason", e.limiter),
        ...waitHeader(e.retryAfter),
        "stripe-should-retry": "false"
      },
      body: errorBody("invalid_request_error", { code: "rate_limit", ...e })
    })
  }),
  Failures.ObjectLocked.wire([429, 400], {
    ...envelope("ObjectLocked", coded),
    encode: () => ({
      headers: { "stripe-should-retry": "true" },
      body: errorBody("invalid_request_error", { code: "lock_timeout" })
    })
  }),
  Failures.ResourceMissing.wire([404, 400], {
    ...envelope("ResourceMissing", (answer) => ({ ...coded(answer), ...text("param", answer.body.error.param) })),
    encode: (e) => ({ body: errorBody("invalid_request_error", { ...e, code: "resource_missing" }) })
  }),
  Failures.InvalidRequest.wire([400, 404], {
    ...envelope("InvalidRequest", (answer) => ({
      ...coded(answer),
      ...text("param", answer.body.error.param),
      ...text("detail", answer.body.error.message)
    })),
    encode: (e) => ({ body: errorBody("invalid_request_error", e) })
  }),
  Failures.Unauthorized.wire(401, {
    ...envelope("Unauthorized", coded),
    encode: (e) => ({ body: errorBody("invalid_request_error", e) })
  }),
  Failures.Forbidden.wire(403, {
    ...envelope("Forbidden", coded),
    encode: (e) => ({ body: errorBody("invalid_request_error", e) })
  }),
  Failures.ApiFailure.wire(server, {
    ...envelope("ApiFailure", broken),
    encode: (e) => ({ status: e.status, headers: waitHeader(e.retryAfter), body: errorBody("api_error", e) })
  }),
  Failures.FinalApiFailure.wire([...server, 424], {
    ...envelope("FinalApiFailure", broken),
    encode: (e) => ({
      status: e.status,
      headers: { "stripe-should-retry": "false", ...waitHeader(e.retryAfter) },
      body: errorBody("api_error", e)
    })
  })
] as const

/**
 * What a request under an idempotency key can be answered with.
 *
 * @category wires
 * @since 0.1.0
 */
export const ofMutations = [
  ...ofReads,
  Failures.CardDeclined.wire(402, {
    ...envelope("CardDeclined", (answer) => ({
      ...coded(answer),
      ...text("declineCode", answer.body.error.decline_code),
      ...text("adviceCode", answer.body.error.advice_code),
      ...text("charge", answer.body.error.charge),
      ...intent(answer)
    })),
    encode: (e) => ({ body: errorBody("card_error", e) })
  }),
  Failures.UnexpectedState.wire(400, {
    ...envelope("UnexpectedState", (answer) => ({ ...coded(answer), ...intent(answer) })),
    encode: (e) => ({ body: errorBody("invalid_request_error", { ...e, code: "payment_intent_unexpected_state" }) })
  }),
  Failures.IdempotencyMismatch.wire(400, {
    ...envelope("IdempotencyMismatch", coded),
    encode: (e) => ({ body: errorBody("idempotency_error", e) })
  }),
  Failures.IdempotencyInUse.wire(409, {
    ...envelope("IdempotencyInUse", coded),
    encode: () => ({ body: errorBody("idempotency_error", { code: "idempotency_key_in_use" }) })
  }),
  Failures.StoredFailure.wire(server, {
    ...envelope("StoredFailure", broken),
    encode: (e) => ({
      status: e.status,
      headers: { "idempotent-replayed": "true", ...waitHeader(e.retryAfter) },
      body: errorBody("api_error", e)
    })
  })
] as const

/** The two halves of a mapping that all failures share: the envelope, and the question whose answer this is. */
function envelope<Props>(
  kind: ErrorEnvelope.Kind,
  props: (answer: ErrorEnvelope.Answer) => Props
): Pick<Wire.Mapping<ErrorEnvelope.ErrorEnvelope, Props, never>, "body" | "decode"> {
  return {
    body: ErrorEnvelope.ErrorEnvelope,
    decode: (answer) => (ErrorEnvelope.classify(answer) === kind ? props(answer) : undefined)
  }
}

/** What stands in front of Stripe limits too, with a page of its own: a 429 needs no envelope. */
function throttled(
  kind: "RateLimited" | "LimitReached"
): Pick<Wire.Mapping<unknown, ReturnType<typeof limited>, never>, "body" | "decode"> {
  const { decode } = envelope(kind, limited)
  return {
    body: Schema.Unknown,
    decode: (answer) => {
      const body = ErrorEnvelope.from(answer.body, answer.status)
      return body === undefined ? undefined : decode({ ...answer, body })
    }
  }
}

function coded(answer: ErrorEnvelope.Answer): { readonly code?: string; readonly requestId?: string } {
  return { ...text("code", answer.body.error.code), ...text("requestId", answer.headers["request-id"]) }
}

/** Stripe documents no `Retry-After`; what stands in front of it may send one. */
function wait(answer: ErrorEnvelope.Answer): { readonly retryAfter?: Duration.Duration } {
  const retryAfter = ServerHint.retryAfter(answer.headers["retry-after"], answer.nowMillis)
  return retryAfter === undefined ? {} : { retryAfter }
}

function waitHeader(retryAfter: Duration.Duration | undefined): Readonly<Record<string, string>> {
  return header("retry-after", retryAfter && String(Math.ceil(Duration.toSeconds(retryAfter))))
}

function limited(answer: ErrorEnvelope.Answer) {
  return { ...coded(answer), ...wait(answer), ...text("limiter", answer.headers["stripe-rate-limited-reason"]) }
}

function broken(answer: ErrorEnvelope.Answer) {
  return { ...coded(answer), ...wait(answer), status: answer.status }
}

function text<const Name extends string>(name: Name, value: string | undefined): { readonly [K in Name]?: string } {
  // a computed member widens to an index signature
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: string }
}

function intent(answer: ErrorEnvelope.Answer): {
  readonly paymentIntent?: { readonly id: string; readonly status: string }
} {
  const found = answer.body.error.payment_intent
  return found === undefined ? {} : { paymentIntent: found }
}

function header(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value }
}

/** What the fake provider answers with. */
function errorBody(
  type: string,
  fields: {
    readonly code?: string
    readonly declineCode?: string
    readonly adviceCode?: string
    readonly param?: string
    readonly detail?: string
    readonly charge?: string
    readonly paymentIntent?: { readonly id: string; readonly status: string }
  }
): ErrorEnvelope.ErrorEnvelope {
  const { adviceCode, charge, code, declineCode, detail, param, paymentIntent } = fields
  return {
    error: {
      type,
      ...text("code", code),
      ...text("decline_code", declineCode),
      ...text("advice_code", adviceCode),
      ...text("param", param),
      ...text("message", detail),
      ...text("charge", charge),
      ...(paymentIntent === undefined ? undefined : { payment_intent: paymentIntent })
    }
  }
}
