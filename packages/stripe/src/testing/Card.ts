/**
 * Stripe's test cards: what each payment method of the sandbox does when it is
 * charged. A card is a value; nothing is stored here.
 *
 * Covers the cards whose outcome a caller decides on: approved, declined with a code,
 * authentication required, and refunds that stay pending or fail.
 *
 * @source https://docs.stripe.com/testing (2026-11)
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export type Card =
  | { readonly _tag: "Approved"; readonly refund: "succeeded" | "pending" | "failed" }
  | { readonly _tag: "AuthenticationRequired" }
  | {
      readonly _tag: "Declined"
      readonly code: string
      readonly declineCode: string | undefined
      readonly adviceCode: "confirm_card_data" | "do_not_try_again" | "try_again_later" | undefined
      readonly message: string
    }

/**
 * @category constructors
 * @since 0.1.0
 */
export const approved: Card = { _tag: "Approved", refund: "succeeded" }

/**
 * The issuer says no: `code` is `card_declined`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const declined = (
  declineCode: string,
  adviceCode?: "confirm_card_data" | "do_not_try_again" | "try_again_later"
): Card => ({
  _tag: "Declined",
  code: "card_declined",
  declineCode,
  adviceCode,
  message: `The issuer declined the card: ${declineCode.replaceAll("_", " ")}.`
})

const refused = (code: string, adviceCode: "confirm_card_data" | "try_again_later"): Card => ({
  _tag: "Declined",
  code,
  declineCode: code,
  adviceCode,
  message: `The card could not be charged: ${code.replaceAll("_", " ")}.`
})

/** One row per card: number, then the payment methods that stand for it. */
const table: ReadonlyArray<readonly [card: Card, number: string, ...paymentMethods: ReadonlyArray<string>]> = [
  [approved, "4242424242424242", "pm_card_visa"],
  [approved, "4000056655665556", "pm_card_visa_debit"],
  [approved, "5555555555554444", "pm_card_mastercard"],
  [approved, "378282246310005", "pm_card_amex"],
  [approved, "6011111111111117", "pm_card_discover"],
  [declined("generic_decline"), "4000000000000002", "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
  [
    declined("insufficient_funds", "try_again_later"),
    "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedInsufficientFunds"
  ],
  [declined("lost_card", "do_not_try_again"), "4000000000009987", "pm_card_visa_chargeDeclinedLostCard"],
  [declined("stolen_card", "do_not_try_again"), "4000000000009979", "pm_card_visa_chargeDeclinedStolenCard"],
  [
    declined("fraudulent", "do_not_try_again"),
    "4100000000000019",
    "pm_card_visa_chargeDeclinedFraudulent",
    "pm_card_radarBlock"
  ],
  [
    declined("card_velocity_exceeded", "try_again_later"),
    "4000000000006975",
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded"
  ],
  [refused("expired_card", "confirm_card_data"), "4000000000000069", "pm_card_chargeDeclinedExpiredCard"],
  [refused("incorrect_cvc", "confirm_card_data"), "4000000000000127", "pm_card_chargeDeclinedIncorrectCvc"],
  [refused("processing_error", "try_again_later"), "4000000000000119", "pm_card_chargeDeclinedProcessingError"],
  [{ _tag: "AuthenticationRequired" }, "4000002760003184", "pm_card_authenticationRequired"],
  [{ _tag: "Approved", refund: "pending" }, "4000000000007726", "pm_card_pendingRefund"],
  [{ _tag: "Approved", refund: "failed" }, "4000000000005126", "pm_card_refundFail"]
]

/**
 * What a payment method does, by its identifier (`"pm_card_visa"`).
 *
 * @category tables
 * @since 0.1.0
 */
export const byPaymentMethod: ReadonlyMap<string, Card> = new Map(
  table.flatMap(([card, , ...paymentMethods]) => paymentMethods.map((id) => [id, card] as const))
)

/**
 * The payment method that stands for a card number (`"4242424242424242"`).
 *
 * @category tables
 * @since 0.1.0
 */
export const paymentMethodByNumber: ReadonlyMap<string, string> = new Map(
  table.map(([, number, paymentMethod]) => [number, paymentMethod!] as const)
)
