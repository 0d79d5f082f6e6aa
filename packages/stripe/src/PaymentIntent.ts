/**
 * The payment intent: what Stripe sends, and what a caller sends to create, confirm,
 * capture, cancel and list.
 *
 * Names are Stripe's own, so that its reference is the reference. Only the members that
 * are declared here are read; others are ignored. `client_secret` is `Redacted` from the
 * moment it is decoded.
 *
 * @source https://docs.stripe.com/api/payment_intents (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EpochSeconds } from "./EpochSeconds.ts"
import { openLiterals } from "./OpenLiterals.ts"
import * as Page_ from "./Page.ts"

const CaptureMethod = openLiterals("automatic", "automatic_async", "manual")

/**
 * Up to 50 texts by name, kept with the object.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Metadata = Schema.Record(Schema.String, Schema.String)

/**
 * Where an intent stands. Further members may come.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Status = openLiterals(
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "processing",
  "requires_capture",
  "canceled",
  "succeeded"
)

/** Stripe's description requires none of the members that may be null: one that is absent is null. */
const absentIsNull = <S extends Schema.Constraint>(schema: S) =>
  Schema.NullOr(schema).pipe(Schema.withDecodingDefaultKey(Effect.succeed(null)))

/**
 * **Details**   Amounts are in the currency's smallest unit.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PaymentIntent = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("payment_intent"),
  amount: Schema.Int,
  amount_capturable: Schema.Int,
  amount_received: Schema.Int,
  canceled_at: absentIsNull(EpochSeconds),
  cancellation_reason: absentIsNull(Schema.String),
  capture_method: CaptureMethod,
  client_secret: absentIsNull(Schema.RedactedFromValue(Schema.String, { label: "client_secret" })),
  created: EpochSeconds,
  currency: Schema.String,
  customer: absentIsNull(Schema.String),
  description: absentIsNull(Schema.String),
  last_payment_error: absentIsNull(
    Schema.Struct({
      type: Schema.String,
      code: Schema.optionalKey(Schema.String),
      decline_code: Schema.optionalKey(Schema.String),
      advice_code: Schema.optionalKey(Schema.String),
      message: Schema.optionalKey(Schema.String),
      charge: Schema.optionalKey(Schema.String)
    })
  ),
  latest_charge: absentIsNull(Schema.String),
  livemode: Schema.Boolean,
  metadata: Metadata.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  next_action: absentIsNull(
    Schema.Struct({
      type: Schema.String,
      redirect_to_url: Schema.optionalKey(
        Schema.Struct({ return_url: Schema.NullOr(Schema.String), url: Schema.NullOr(Schema.String) })
      )
    })
  ),
  payment_method: absentIsNull(Schema.String),
  receipt_email: absentIsNull(Schema.String),
  setup_future_usage: absentIsNull(Schema.String),
  status: Status
})

/**
 * @category models
 * @since 0.1.0
 */
export type PaymentIntent = typeof PaymentIntent.Type

/**
 * A page of intents, newest first.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Page: Schema.Codec<Page_.Page<PaymentIntent>, Page_.Page<typeof PaymentIntent.Encoded>> = Page_.of(
  PaymentIntent
)

/** What may be said when an intent is confirmed, on creation or later. */
const confirmation = {
  capture_method: Schema.optionalKey(CaptureMethod),
  error_on_requires_action: Schema.optionalKey(Schema.Boolean),
  mandate: Schema.optionalKey(Schema.String),
  off_session: Schema.optionalKey(Schema.Boolean),
  payment_method: Schema.optionalKey(Schema.String),
  receipt_email: Schema.optionalKey(Schema.String),
  return_url: Schema.optionalKey(Schema.String),
  setup_future_usage: Schema.optionalKey(openLiterals("off_session", "on_session"))
} as const

/**
 * **Details**   With `confirm: true` and a `payment_method` it is created and charged in one call.
 *
 * @category schemas
 * @since 0.1.0
 */
export const New = Schema.Struct({
  ...confirmation,
  amount: Schema.Int,
  application_fee_amount: Schema.optionalKey(Schema.Int),
  automatic_payment_methods: Schema.optionalKey(
    Schema.Struct({
      enabled: Schema.Boolean,
      allow_redirects: Schema.optionalKey(openLiterals("always", "never"))
    })
  ),
  confirm: Schema.optionalKey(Schema.Boolean),
  confirmation_method: Schema.optionalKey(openLiterals("automatic", "manual")),
  currency: Schema.String,
  customer: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  metadata: Schema.optionalKey(Metadata),
  on_behalf_of: Schema.optionalKey(Schema.String),
  statement_descriptor: Schema.optionalKey(Schema.String),
  statement_descriptor_suffix: Schema.optionalKey(Schema.String),
  transfer_data: Schema.optionalKey(
    Schema.Struct({ destination: Schema.String, amount: Schema.optionalKey(Schema.Int) })
  ),
  transfer_group: Schema.optionalKey(Schema.String)
})

/**
 * @category schemas
 * @since 0.1.0
 */
export const Confirmation = Schema.Struct(confirmation)

/**
 * **Details**   Without `amount_to_capture` everything that was authorized is taken.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Capture = Schema.Struct({
  amount_to_capture: Schema.optionalKey(Schema.Int),
  application_fee_amount: Schema.optionalKey(Schema.Int),
  final_capture: Schema.optionalKey(Schema.Boolean),
  metadata: Schema.optionalKey(Metadata),
  statement_descriptor: Schema.optionalKey(Schema.String),
  statement_descriptor_suffix: Schema.optionalKey(Schema.String)
})

/**
 * @category schemas
 * @since 0.1.0
 */
export const Cancellation = Schema.Struct({
  cancellation_reason: Schema.optionalKey(openLiterals("abandoned", "duplicate", "fraudulent", "requested_by_customer"))
})

/**
 * **Details**   `limit`: 1 to 100, 10 where absent. `created[…]`: seconds since 1970.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ListQuery = {
  "created[gt]": Schema.optionalKey(Schema.Int),
  "created[gte]": Schema.optionalKey(Schema.Int),
  "created[lt]": Schema.optionalKey(Schema.Int),
  "created[lte]": Schema.optionalKey(Schema.Int),
  customer: Schema.optionalKey(Schema.String),
  limit: Schema.optionalKey(Schema.Int),
  starting_after: Schema.optionalKey(Schema.String)
} as const
