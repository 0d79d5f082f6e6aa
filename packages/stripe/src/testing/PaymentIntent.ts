/**
 * The payment intent: its shape on the wire and its status machine, as pure functions
 * from one intent to the next.
 *
 * ```
 * requires_payment_method ─▸ requires_confirmation ─▸ requires_action
 *        ▴      │                    │                      │
 *  declined     └────── confirm ─────┴──────────────────────┤
 *        └──────────────────────────────────────────────────┤
 *                             requires_capture ◂─ manual ───┤
 *                                    └── capture ──▸ succeeded
 * ```
 *
 * `canceled` is reached from every status but `succeeded`. Nothing here stores or
 * counts: `Account` keeps the intents, `Ledger` the money that moved.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Card } from "./Card.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Status =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "requires_capture"
  | "canceled"
  | "succeeded"

/**
 * A payment intent as Stripe sends it in version 2026-10-28.endive. Amounts are in
 * the currency's smallest unit, times in seconds since 1970.
 *
 * @category models
 * @since 0.1.0
 */
export interface PaymentIntent {
  readonly id: string
  readonly object: "payment_intent"
  readonly allowed_payment_method_types: null
  readonly amount: number
  readonly amount_capturable: number
  readonly amount_received: number
  readonly application: null
  readonly application_fee_amount: number | null
  readonly automatic_payment_methods: { readonly enabled: boolean; readonly allow_redirects?: string } | null
  readonly canceled_at: number | null
  readonly cancellation_reason: string | null
  readonly capture_method: "automatic" | "automatic_async" | "manual"
  readonly client_secret: string
  readonly confirmation_method: "automatic" | "manual"
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_account: null
  readonly description: string | null
  readonly excluded_payment_method_types: null
  readonly last_payment_error: object | null
  readonly latest_charge: string | null
  readonly livemode: false
  readonly managed_payments: null
  readonly metadata: Readonly<Record<string, string>>
  readonly next_action: object | null
  readonly on_behalf_of: null
  readonly payment_method: string | null
  readonly payment_method_configuration_details: null
  readonly payment_method_options: object
  readonly payment_method_types: ReadonlyArray<string>
  readonly payment_record: null
  readonly processing: null
  readonly receipt_email: string | null
  readonly review: null
  readonly setup_future_usage: string | null
  readonly shipping: null
  readonly source: null
  readonly statement_descriptor: string | null
  readonly statement_descriptor_suffix: string | null
  readonly status: Status
  readonly transfer_group: string | null
}

/**
 * The fields a caller chooses.
 *
 * @category models
 * @since 0.1.0
 */
export type Draft = Pick<
  PaymentIntent,
  | "id"
  | "amount"
  | "automatic_payment_methods"
  | "capture_method"
  | "client_secret"
  | "confirmation_method"
  | "created"
  | "currency"
  | "customer"
  | "description"
  | "metadata"
  | "payment_method"
  | "receipt_email"
  | "setup_future_usage"
  | "statement_descriptor"
  | "statement_descriptor_suffix"
  | "transfer_group"
>

/**
 * Where a confirmation led. `Declined` carries the error that the caller sees,
 * while the intent goes back to `requires_payment_method`.
 *
 * @category models
 * @since 0.1.0
 */
export type Confirmation =
  | { readonly _tag: "Charged" | "Authorized" | "ActionRequired"; readonly intent: PaymentIntent }
  | { readonly _tag: "Declined"; readonly intent: PaymentIntent; readonly error: ErrorEnvelope.ErrorEnvelope }

/**
 * A new intent that nobody has confirmed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (draft: Draft): PaymentIntent => ({
  object: "payment_intent",
  allowed_payment_method_types: null,
  amount_capturable: 0,
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  canceled_at: null,
  cancellation_reason: null,
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ["card"],
  payment_record: null,
  processing: null,
  review: null,
  shipping: null,
  source: null,
  status: draft.payment_method === null ? "requires_payment_method" : "requires_confirmation",
  ...draft
})

/**
 * Charges or authorizes the intent with a card.
 *
 * **Details**   `chargeId` names the charge that this attempt makes, also when it is
 * declined. `offSession` and `errorOnRequiresAction` turn a required authentication
 * into a decline, as Stripe does.
 *
 * @category rules
 * @since 0.1.0
 */
export const confirm = (
  intent: PaymentIntent,
  options: {
    readonly card: Card | undefined
    readonly chargeId: string
    readonly paymentMethod: string | null
    readonly presence: "on-session" | "off-session" | "no-action-wanted"
    readonly returnUrl: string | undefined
  }
): Result.Result<Confirmation, ErrorEnvelope.ErrorEnvelope> => {
  if (!confirmable.includes(intent.status)) return unexpected(intent, "confirmed", confirmable)
  const { card, paymentMethod } = options
  if (card === undefined || paymentMethod === null) {
    return Result.fail(
      ErrorEnvelope.unexpectedState("This PaymentIntent has no payment method to confirm it with.", intent)
    )
  }
  switch (card._tag) {
    case "Declined":
      return Result.succeed(decline(intent, options.chargeId, paymentMethod, card))
    case "AuthenticationRequired":
      return Result.succeed(
        options.presence === "on-session"
          ? { _tag: "ActionRequired", intent: requireAction(intent, paymentMethod, options.returnUrl) }
          : decline(intent, options.chargeId, paymentMethod, authenticationRequired)
      )
    case "Approved": {
      const paid = {
        ...intent,
        payment_method: paymentMethod,
        latest_charge: options.chargeId,
        last_payment_error: null,
        next_action: null
      }
      return Result.succeed(
        intent.capture_method === "manual"
          ? { _tag: "Authorized", intent: { ...paid, status: "requires_capture", amount_capturable: intent.amount } }
          : { _tag: "Charged", intent: { ...paid, status: "succeeded", amount_received: intent.amount } }
      )
    }
  }
}

/**
 * Takes the authorized money, or the part of it named; the rest is released.
 *
 * @category rules
 * @since 0.1.0
 */
export const capture = (
  intent: PaymentIntent,
  amount: number | undefined
): Result.Result<PaymentIntent, ErrorEnvelope.ErrorEnvelope> => {
  if (intent.status !== "requires_capture") return unexpected(intent, "captured", ["requires_capture"])
  const taken = amount ?? intent.amount_capturable
  return taken > intent.amount_capturable
    ? Result.fail(
        ErrorEnvelope.invalidRequest(`${taken} is more than the ${intent.amount_capturable} that can be captured.`, {
          code: "amount_too_large",
          param: "amount_to_capture"
        })
      )
    : Result.succeed({ ...intent, status: "succeeded", amount_capturable: 0, amount_received: taken })
}

/**
 * Ends an intent that has not succeeded; an authorization is released.
 *
 * @category rules
 * @since 0.1.0
 */
export const cancel = (
  intent: PaymentIntent,
  reason: string | undefined,
  atSeconds: number
): Result.Result<PaymentIntent, ErrorEnvelope.ErrorEnvelope> =>
  cancelable.includes(intent.status)
    ? Result.succeed({
        ...intent,
        status: "canceled",
        amount_capturable: 0,
        canceled_at: atSeconds,
        cancellation_reason: reason ?? null,
        next_action: null
      })
    : unexpected(intent, "canceled", cancelable)

const confirmable: ReadonlyArray<Status> = ["requires_payment_method", "requires_confirmation", "requires_action"]
const cancelable: ReadonlyArray<Status> = [...confirmable, "requires_capture"]

const unexpected = (
  intent: PaymentIntent,
  verb: string,
  from: ReadonlyArray<Status>
): Result.Result<never, ErrorEnvelope.ErrorEnvelope> =>
  Result.fail(
    ErrorEnvelope.unexpectedState(
      `A PaymentIntent is ${verb} from ${from.join(", ")}; this one is ${intent.status}.`,
      intent
    )
  )

const authenticationRequired = {
  _tag: "Declined",
  code: "authentication_required",
  declineCode: "authentication_required",
  adviceCode: undefined,
  message: "The card needs the customer to authenticate, and no customer is present."
} satisfies Card

const decline = (
  intent: PaymentIntent,
  chargeId: string,
  paymentMethod: string,
  card: Extract<Card, { readonly _tag: "Declined" }>
): Confirmation => {
  const after: PaymentIntent = {
    ...intent,
    status: "requires_payment_method",
    latest_charge: chargeId,
    next_action: null,
    payment_method: null,
    last_payment_error: {
      type: "card_error",
      charge: chargeId,
      code: card.code,
      message: card.message,
      ...(card.declineCode === undefined ? undefined : { decline_code: card.declineCode }),
      ...(card.adviceCode === undefined ? undefined : { advice_code: card.adviceCode }),
      payment_method: { id: paymentMethod, object: "payment_method", type: "card" }
    }
  }
  return {
    _tag: "Declined",
    intent: after,
    error: {
      status: 402,
      type: "card_error",
      code: card.code,
      declineCode: card.declineCode,
      adviceCode: card.adviceCode,
      message: card.message,
      charge: chargeId,
      paymentIntent: after
    }
  }
}

const requireAction = (intent: PaymentIntent, paymentMethod: string, returnUrl: string | undefined): PaymentIntent => ({
  ...intent,
  status: "requires_action",
  payment_method: paymentMethod,
  next_action:
    returnUrl === undefined
      ? { type: "use_stripe_sdk", use_stripe_sdk: {} }
      : {
          type: "redirect_to_url",
          redirect_to_url: { return_url: returnUrl, url: `https://hooks.stripe.com/redirect/authenticate/${intent.id}` }
        }
})
