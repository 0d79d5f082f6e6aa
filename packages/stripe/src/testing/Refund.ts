/**
 * The refund: its shape on the wire and the rule that decides whether a charge can
 * still be refunded, as a pure function.
 *
 * Money is given back in `Account`; `Ledger` records it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Refund {
  readonly id: string
  readonly object: "refund"
  readonly amount: number
  readonly balance_transaction: string | null
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_account: null
  readonly destination_details: object
  readonly failure_reason?: string
  readonly metadata: Readonly<Record<string, string>>
  readonly payment_intent: string
  readonly payment_method: string | null
  readonly reason: string | null
  readonly receipt_number: null
  readonly source_transfer_reversal: null
  readonly status: "succeeded" | "pending" | "failed"
  readonly transfer_reversal: null
}

/**
 * What a refund is taken from: money received, and money given back so far.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refundable {
  readonly chargeId: string | null
  readonly received: number
  readonly refunded: number
}

/**
 * The amount that is given back; without an amount, all that is left.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  refundable: Refundable,
  amount: number | undefined
): Result.Result<{ readonly amount: number; readonly chargeId: string }, ErrorEnvelope.ErrorEnvelope> => {
  const { chargeId, received, refunded } = refundable
  if (chargeId === null || received === 0) {
    return Result.fail(
      ErrorEnvelope.invalidRequest("There is no successful charge to refund.", { code: "charge_not_refundable" })
    )
  }
  const left = received - refunded
  if (left === 0) {
    return Result.fail(
      ErrorEnvelope.invalidRequest(`The charge ${chargeId} was refunded in full.`, {
        code: "charge_already_refunded",
        charge: chargeId
      })
    )
  }
  return (amount ?? left) > left
    ? Result.fail(
        ErrorEnvelope.invalidRequest(`${amount} is more than the ${left} that is left to refund.`, {
          code: "amount_too_large",
          param: "amount",
          charge: chargeId
        })
      )
    : Result.succeed({ amount: amount ?? left, chargeId })
}
