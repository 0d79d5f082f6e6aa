/**
 * The customer: what Stripe sends, and what a caller sends to create one.
 *
 * @source https://docs.stripe.com/api/customers (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { EpochSeconds } from "./EpochSeconds.ts"
import { Metadata } from "./PaymentIntent.ts"

const Address = Schema.Struct({
  city: Schema.optionalKey(Schema.String),
  country: Schema.optionalKey(Schema.String),
  line1: Schema.optionalKey(Schema.String),
  line2: Schema.optionalKey(Schema.String),
  postal_code: Schema.optionalKey(Schema.String),
  state: Schema.optionalKey(Schema.String)
})

/**
 * A customer that exists.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Customer = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("customer"),
  created: EpochSeconds,
  description: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  livemode: Schema.Boolean,
  metadata: Metadata,
  name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  phone: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export type Customer = typeof Customer.Type

/**
 * A customer that was deleted, as `retrieve` still shows it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Deleted = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("customer"),
  deleted: Schema.Literal(true)
})

/**
 * @category schemas
 * @since 0.1.0
 */
export const New = Schema.Struct({
  address: Schema.optionalKey(Address),
  description: Schema.optionalKey(Schema.String),
  email: Schema.optionalKey(Schema.String),
  metadata: Schema.optionalKey(Metadata),
  name: Schema.optionalKey(Schema.String),
  payment_method: Schema.optionalKey(Schema.String),
  phone: Schema.optionalKey(Schema.String),
  preferred_locales: Schema.optionalKey(Schema.Array(Schema.String)),
  tax_exempt: Schema.optionalKey(Schema.Literals(["none", "exempt", "reverse"]))
})
