/**
 * The refund: what Stripe sends, and what a caller sends to create one.
 *
 * @source https://docs.stripe.com/api/refunds (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { EpochSeconds } from "./EpochSeconds.ts"
import { openLiterals } from "./OpenLiterals.ts"
import { Metadata } from "./PaymentIntent.ts"

/**
 * **Details**   `amount` is in the currency's smallest unit. A refund may be `pending` and fail
 * later; `succeeded` is not the end of it for every payment method.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Refund = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("refund"),
  amount: Schema.Int,
  charge: Schema.NullOr(Schema.String),
  created: EpochSeconds,
  currency: Schema.String,
  failure_reason: Schema.optionalKey(Schema.String),
  metadata: Schema.NullOr(Metadata),
  payment_intent: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  status: Schema.NullOr(openLiterals("pending", "requires_action", "succeeded", "failed", "canceled"))
})

/**
 * @category models
 * @since 0.1.0
 */
export type Refund = typeof Refund.Type

/**
 * **Details**   Names a `payment_intent` or a `charge`. Without `amount` all that is left is given
 * back.
 *
 * @category schemas
 * @since 0.1.0
 */
export const New = Schema.Struct({
  amount: Schema.optionalKey(Schema.Int),
  charge: Schema.optionalKey(Schema.String),
  metadata: Schema.optionalKey(Metadata),
  payment_intent: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(openLiterals("duplicate", "fraudulent", "requested_by_customer")),
  refund_application_fee: Schema.optionalKey(Schema.Boolean),
  reverse_transfer: Schema.optionalKey(Schema.Boolean)
})
