/**
 * Stripe as a Surety provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Answers from "./Answers.ts"
export * as Customer from "./Customer.ts"
export * as EpochSeconds from "./EpochSeconds.ts"
export * as ErrorEnvelope from "./ErrorEnvelope.ts"
export * as Failures from "./Failures.ts"
export * as OpenLiterals from "./OpenLiterals.ts"
export * as Operations from "./Operations.ts"
export * as Page from "./Page.ts"
export * as PaymentIntent from "./PaymentIntent.ts"
export * as Policy from "./Policy.ts"
export * as Refund from "./Refund.ts"
export { Stripe } from "./Stripe.ts"
export * as StripeContract from "./StripeContract.ts"
