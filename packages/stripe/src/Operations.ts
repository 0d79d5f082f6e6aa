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
import * as Paging from "surety/Paging"
import * as Answers from "./Answers.ts"
import * as Customer from "./Customer.ts"
import * as Page from "./Page.ts"
import * as PaymentIntent from "./PaymentIntent.ts"
import * as Policy from "./Policy.ts"
import * as Refund from "./Refund.ts"

/** The response headers that reach `CallMetadata.headers`. */
const expose = ["idempotent-replayed", "original-request", "stripe-notice", "stripe-version"] as const

const params = { id: Schema.String }

/**
 * Every operation, under this time and these rules.
 *
 * **Details**   `createPaymentIntent` with `confirm: true` creates and charges in one call.
 * `listPaymentIntents.items` walks all pages, newest first. What moves money takes the
 * caller's key, so that it survives a restart; the rest makes one when none is given.
 *
 * @category operations
 * @since 0.1.0
 */
export const make = (time: Policy.Time, rules: Policy.Rules) => {
  const guarded = {
    format: "form",
    timeout: time.mutation,
    failures: Answers.ofMutations,
    retry: Policy.mutationMatrix(rules),
    expose
  } as const
  const money = { ...guarded, idempotency: Policy.callersKey } as const
  const record = { ...guarded, idempotency: Policy.generatedKey } as const
  const lookup = {
    timeout: time.read,
    failures: Answers.ofReads,
    retry: Policy.readMatrix(rules),
    expose
  } as const

  return {
    createPaymentIntent: HttpOperation.mutation(
      HttpApiEndpoint.post("createPaymentIntent", "/v1/payment_intents", {
        payload: PaymentIntent.New,
        success: PaymentIntent.PaymentIntent
      }),
      { ...money, cost: cost.paymentIntents }
    ),
    confirmPaymentIntent: HttpOperation.mutation(
      HttpApiEndpoint.post("confirmPaymentIntent", "/v1/payment_intents/:id/confirm", {
        params,
        payload: PaymentIntent.Confirmation,
        success: PaymentIntent.PaymentIntent
      }),
      { ...money, cost: cost.paymentIntents }
    ),
    capturePaymentIntent: HttpOperation.mutation(
      HttpApiEndpoint.post("capturePaymentIntent", "/v1/payment_intents/:id/capture", {
        params,
        payload: PaymentIntent.Capture,
        success: PaymentIntent.PaymentIntent
      }),
      { ...money, cost: cost.paymentIntents }
    ),
    cancelPaymentIntent: HttpOperation.mutation(
      HttpApiEndpoint.post("cancelPaymentIntent", "/v1/payment_intents/:id/cancel", {
        params,
        payload: PaymentIntent.Cancellation,
        success: PaymentIntent.PaymentIntent
      }),
      { ...record, cost: cost.paymentIntents }
    ),
    retrievePaymentIntent: HttpOperation.read(
      HttpApiEndpoint.get("retrievePaymentIntent", "/v1/payment_intents/:id", {
        params,
        success: PaymentIntent.PaymentIntent
      }),
      { ...lookup, cost: cost.paymentIntents }
    ),
    listPaymentIntents: HttpOperation.read(
      HttpApiEndpoint.get("listPaymentIntents", "/v1/payment_intents", {
        query: PaymentIntent.ListQuery,
        success: PaymentIntent.Page
      }),
      {
        ...lookup,
        cost: cost.paymentIntents,
        pages: Paging.rule({
          items: (page) => page.data,
          next: (page, request) => {
            const cursor = Page.next(page)
            return cursor === undefined ? undefined : { query: { ...request.query, starting_after: cursor } }
          }
        })
      }
    ),
    createRefund: HttpOperation.mutation(
      HttpApiEndpoint.post("createRefund", "/v1/refunds", { payload: Refund.New, success: Refund.Refund }),
      { ...money, cost: cost.refunds }
    ),
    retrieveRefund: HttpOperation.read(
      HttpApiEndpoint.get("retrieveRefund", "/v1/refunds/:id", { params, success: Refund.Refund }),
      { ...lookup, cost: cost.refunds }
    ),
    createCustomer: HttpOperation.mutation(
      HttpApiEndpoint.post("createCustomer", "/v1/customers", { payload: Customer.New, success: Customer.Customer }),
      { ...record, cost: cost.customers }
    ),
    retrieveCustomer: HttpOperation.read(
      HttpApiEndpoint.get("retrieveCustomer", "/v1/customers/:id", {
        params,
        success: Schema.Union([Customer.Deleted, Customer.Customer])
      }),
      { ...lookup, cost: cost.customers }
    )
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export type Operations = ReturnType<typeof make>

/** Tokens per call: one of the account's, one of the endpoint's. */
const cost = {
  paymentIntents: { account: 1, payment_intents: 1 },
  refunds: { account: 1, refunds: 1 },
  customers: { account: 1, customers: 1 }
} as const
