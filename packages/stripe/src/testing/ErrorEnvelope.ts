/**
 * An answer of Stripe's that is an error, as a value: status, the fields of the error
 * envelope, and extra response headers.
 *
 * It never says whether the answer is stored under an idempotency key: that depends
 * on whether the endpoint had begun to execute, which `FakeStripe` knows.
 *
 * The messages are this package's own words. Codes, types and statuses are Stripe's.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export type ErrorType = "api_error" | "card_error" | "idempotency_error" | "invalid_request_error"

/**
 * @category models
 * @since 0.1.0
 */
export interface ErrorEnvelope {
  readonly status: number
  readonly type: ErrorType
  readonly message: string
  readonly code?: string | undefined
  readonly declineCode?: string | undefined
  readonly adviceCode?: string | undefined
  readonly param?: string | undefined
  readonly charge?: string | undefined
  /** The payment intent as it is after the failure, embedded in the envelope. */
  readonly paymentIntent?: object | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * A 400 that the caller can repair by sending something else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalidRequest = (
  message: string,
  details: Pick<ErrorEnvelope, "code" | "param" | "paymentIntent" | "charge"> = {}
): ErrorEnvelope => ({ status: 400, type: "invalid_request_error", message, ...details })

/**
 * Nothing has this identifier. 404 when the identifier stands in the path, 400 when a
 * parameter names it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resourceMissing = (kind: string, id: string, at: { readonly param: string } | "path"): ErrorEnvelope => ({
  status: at === "path" ? 404 : 400,
  type: "invalid_request_error",
  code: "resource_missing",
  param: at === "path" ? "id" : at.param,
  message: `There is no ${kind} with the identifier '${id}'.`
})

/**
 * The object's status does not allow what was asked of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unexpectedState = (message: string, paymentIntent: object | undefined): ErrorEnvelope =>
  invalidRequest(message, { code: "payment_intent_unexpected_state", paymentIntent })

/**
 * The JSON body of the envelope.
 *
 * **Details**   `doc_url` follows from the code, `request_log_url` from the request
 * identifier; absent fields are left out.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toBody = (
  envelope: ErrorEnvelope,
  request: { readonly id: string; readonly atMillis: number }
): object => ({
  error: {
    ...(envelope.adviceCode === undefined ? undefined : { advice_code: envelope.adviceCode }),
    ...(envelope.charge === undefined ? undefined : { charge: envelope.charge }),
    ...(envelope.code === undefined
      ? undefined
      : {
          code: envelope.code,
          doc_url: `https://stripe.com/docs/error-codes/${envelope.code.replaceAll("_", "-")}`
        }),
    ...(envelope.declineCode === undefined ? undefined : { decline_code: envelope.declineCode }),
    message: envelope.message,
    ...(envelope.param === undefined ? undefined : { param: envelope.param }),
    ...(envelope.paymentIntent === undefined ? undefined : { payment_intent: envelope.paymentIntent }),
    request_log_url: `https://dashboard.stripe.com/test/logs/${request.id}?t=${Math.floor(request.atMillis / 1000)}`,
    type: envelope.type
  }
})
