/**
 * The endpoints under `/v1/refunds`: create, retrieve.
 *
 * @source https://docs.stripe.com/api/refunds (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Card } from "./Card.ts"
import * as Endpoint from "./Endpoint.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Parameter from "./Parameter.ts"
import type { PaymentIntent } from "./PaymentIntent.ts"
import * as Refund from "./Refund.ts"

const { choice, flag, integer, metadata, text, unsupported } = Parameter

const create = Endpoint.make("POST", "/v1/refunds", {
  permission: "refunds:write",
  parameters: {
    amount: integer({ min: 1 }),
    charge: text(),
    currency: unsupported,
    customer: unsupported,
    expand: unsupported,
    instructions_email: text(),
    metadata,
    origin: unsupported,
    payment_intent: text(),
    reason: choice(["duplicate", "fraudulent", "requested_by_customer"]),
    refund_application_fee: flag,
    reverse_transfer: flag
  },
  execute: (values, _id, execution) =>
    Result.flatMap(refunded(values, execution), (intent) =>
      Result.map(
        Refund.decide(
          {
            chargeId: intent.latest_charge,
            received: intent.amount_received,
            refunded: execution.ledger.refunded(intent.id)
          },
          values.amount
        ),
        ({ amount, chargeId }): Refund.Refund => {
          const status = statusOf(intent.payment_method === null ? undefined : execution.cardOf(intent.payment_method))
          const refund: Refund.Refund = {
            id: execution.identifiers("re"),
            object: "refund",
            amount,
            balance_transaction: status === "succeeded" ? execution.identifiers("txn") : null,
            charge: chargeId,
            created: Math.floor(execution.atMillis / 1000),
            currency: intent.currency,
            customer: intent.customer,
            customer_account: null,
            destination_details: { type: "card", card: { type: "refund", reference_status: "pending" } },
            ...(status === "failed" ? { failure_reason: "lost_or_stolen_card" } : undefined),
            metadata: values.metadata ?? {},
            payment_intent: intent.id,
            payment_method: intent.payment_method,
            reason: values.reason ?? null,
            receipt_number: null,
            source_transfer_reversal: null,
            status,
            transfer_reversal: null
          }
          execution.account.refunds.put(refund)
          if (status !== "failed") execution.ledger.refund(intent.id, amount)
          return refund
        }
      )
    )
})

const retrieve = Endpoint.make("GET", "/v1/refunds/:id", {
  permission: "refunds:read",
  parameters: { expand: unsupported },
  execute: (_values, id, execution) => {
    const refund = execution.account.refunds.get(id)
    return refund === undefined
      ? Result.fail(ErrorEnvelope.resourceMissing("refund", id, "path"))
      : Result.succeed(refund)
  }
})

/**
 * @category endpoints
 * @since 0.1.0
 */
export const endpoints: ReadonlyArray<Endpoint.Endpoint> = [create, retrieve]

/** The payment intent that the request names, itself or by its charge. */
const refunded = (
  values: { readonly charge: string | undefined; readonly payment_intent: string | undefined },
  execution: Endpoint.Execution
): Result.Result<PaymentIntent, ErrorEnvelope.ErrorEnvelope> => {
  const { charge, payment_intent: id } = values
  if (charge === undefined && id === undefined) {
    return Result.fail(
      ErrorEnvelope.invalidRequest("A refund names a payment_intent or a charge.", {
        code: "parameter_missing",
        param: "payment_intent"
      })
    )
  }
  const intentId = id ?? execution.ledger.charges.find((one) => one.id === charge)?.paymentIntent
  const intent = intentId === undefined ? undefined : execution.account.paymentIntents.get(intentId)
  if (intent !== undefined && (charge === undefined || intent.latest_charge === charge)) return Result.succeed(intent)
  return Result.fail(
    id === undefined
      ? ErrorEnvelope.resourceMissing("charge", charge!, { param: "charge" })
      : ErrorEnvelope.resourceMissing("payment_intent", id, { param: "payment_intent" })
  )
}

const statusOf = (card: Card | undefined): Refund.Refund["status"] =>
  card?._tag === "Approved" ? card.refund : "succeeded"
