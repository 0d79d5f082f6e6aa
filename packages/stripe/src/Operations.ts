/**
 * The calls of Stripe's that are declared: payment intents, refunds and customers.
 *
 * Neighbours: `Answers` says how they can end, `Policy` how they are guarded,
 * `StripeContract` makes a contract of them.
 *
 * @source https://docs.stripe.com/api (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpOperation from "surety/http/HttpOperation"
import * as Answers from "./Answers.ts"
import * as Customer from "./Customer.ts"
import * as Page from "./Page.ts"
import * as PaymentIntent from "./PaymentIntent.ts"
import * as Policy from "./Policy.ts"
import * as Refund from "./Refund.ts"

/** The response headers that reach `CallMetadata.headers`. */
const expose = ["idempotent-replayed", "original-request", "stripe-notice", "stripe-version"] as const

const params = { id: Schema.String }

/** Money moves: the caller's key, and time for a card network. */
const money = {
  format: "form",
  timeout: Policy.mutationTime,
  idempotency: Policy.callersKey,
  failures: Answers.ofMutations,
  retry: Policy.mutationRules,
  expose
} as const

/** Nothing is lost when it happens under a key of our own making. */
const record = { ...money, idempotency: Policy.generatedKey } as const

const lookup = {
  timeout: Policy.readTime,
  failures: Answers.ofReads,
  retry: Policy.readRules,
  expose
} as const

/**
 * Creates an intent and, with `confirm: true`, charges it in the same call.
 *
 * @category operations
 * @since 0.1.0
 */
export const createPaymentIntent = HttpOperation.mutation(
  HttpApiEndpoint.post("createPaymentIntent", "/v1/payment_intents", {
    payload: PaymentIntent.New,
    success: PaymentIntent.PaymentIntent
  }),
  { ...money, cost: { account: 1, payment_intents: 1 } }
)

/**
 * Charges or authorizes an intent.
 *
 * @category operations
 * @since 0.1.0
 */
export const confirmPaymentIntent = HttpOperation.mutation(
  HttpApiEndpoint.post("confirmPaymentIntent", "/v1/payment_intents/:id/confirm", {
    params,
    payload: PaymentIntent.Confirmation,
    success: PaymentIntent.PaymentIntent
  }),
  { ...money, cost: { account: 1, payment_intents: 1 } }
)

/**
 * Takes what was authorized.
 *
 * @category operations
 * @since 0.1.0
 */
export const capturePaymentIntent = HttpOperation.mutation(
  HttpApiEndpoint.post("capturePaymentIntent", "/v1/payment_intents/:id/capture", {
    params,
    payload: PaymentIntent.Capture,
    success: PaymentIntent.PaymentIntent
  }),
  { ...money, cost: { account: 1, payment_intents: 1 } }
)

/**
 * Ends an intent that has not succeeded.
 *
 * @category operations
 * @since 0.1.0
 */
export const cancelPaymentIntent = HttpOperation.mutation(
  HttpApiEndpoint.post("cancelPaymentIntent", "/v1/payment_intents/:id/cancel", {
    params,
    payload: PaymentIntent.Cancellation,
    success: PaymentIntent.PaymentIntent
  }),
  { ...record, cost: { account: 1, payment_intents: 1 } }
)

/**
 * @category operations
 * @since 0.1.0
 */
export const retrievePaymentIntent = HttpOperation.read(
  HttpApiEndpoint.get("retrievePaymentIntent", "/v1/payment_intents/:id", {
    params,
    success: PaymentIntent.PaymentIntent
  }),
  { ...lookup, cost: { account: 1, payment_intents: 1 } }
)

/**
 * Intents, newest first; `items` walks all pages.
 *
 * @category operations
 * @since 0.1.0
 */
export const listPaymentIntents = HttpOperation.read(
  HttpApiEndpoint.get("listPaymentIntents", "/v1/payment_intents", {
    query: PaymentIntent.ListQuery,
    success: PaymentIntent.Page
  }),
  {
    ...lookup,
    cost: { account: 1, payment_intents: 1 },
    pages: {
      items: (page) => page.data,
      next: (page, request) => {
        const cursor = Page.next(page)
        return cursor === undefined ? undefined : { query: { ...request.query, starting_after: cursor } }
      }
    }
  }
)

/**
 * Gives money back.
 *
 * @category operations
 * @since 0.1.0
 */
export const createRefund = HttpOperation.mutation(
  HttpApiEndpoint.post("createRefund", "/v1/refunds", { payload: Refund.New, success: Refund.Refund }),
  { ...money, cost: { account: 1, refunds: 1 } }
)

/**
 * @category operations
 * @since 0.1.0
 */
export const retrieveRefund = HttpOperation.read(
  HttpApiEndpoint.get("retrieveRefund", "/v1/refunds/:id", { params, success: Refund.Refund }),
  { ...lookup, cost: { account: 1, refunds: 1 } }
)

/**
 * @category operations
 * @since 0.1.0
 */
export const createCustomer = HttpOperation.mutation(
  HttpApiEndpoint.post("createCustomer", "/v1/customers", { payload: Customer.New, success: Customer.Customer }),
  { ...record, cost: { account: 1, customers: 1 } }
)

/**
 * A customer, or what is left of a deleted one.
 *
 * @category operations
 * @since 0.1.0
 */
export const retrieveCustomer = HttpOperation.read(
  HttpApiEndpoint.get("retrieveCustomer", "/v1/customers/:id", {
    params,
    success: Schema.Union([Customer.Deleted, Customer.Customer])
  }),
  { ...lookup, cost: { account: 1, customers: 1 } }
)
