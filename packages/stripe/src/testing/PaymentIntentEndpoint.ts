/**
 * The endpoints under `/v1/payment_intents`: create, confirm, capture, cancel,
 * retrieve, list.
 *
 * Parameters that Stripe takes and this fake gives no meaning to are accepted and
 * ignored, except `expand`, which would change the answer and is refused.
 *
 * @source https://docs.stripe.com/api/payment_intents (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Endpoint from "./Endpoint.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Form from "./Form.ts"
import * as Page from "./Page.ts"
import * as Parameter from "./Parameter.ts"
import * as PaymentIntent from "./PaymentIntent.ts"
import * as PaymentMethod from "./PaymentMethod.ts"
import * as TimeRange from "./TimeRange.ts"

const { choice, flag, ignored, integer, metadata, record, required, text, unsupported } = Parameter

const confirmation = {
  allowed_payment_method_types: ignored,
  amount_details: ignored,
  capture_method: choice(["automatic", "automatic_async", "manual"]),
  confirmation_token: unsupported,
  error_on_requires_action: flag,
  excluded_payment_method_types: ignored,
  expand: unsupported,
  hooks: ignored,
  mandate: ignored,
  mandate_data: ignored,
  off_session: ignored,
  payment_details: ignored,
  payment_method: text(),
  payment_method_data: record,
  payment_method_options: ignored,
  radar_options: ignored,
  receipt_email: text(),
  return_url: text(),
  setup_future_usage: choice(["off_session", "on_session"]),
  shipping: ignored,
  use_stripe_sdk: flag
} as const

const create = Endpoint.make("POST", "/v1/payment_intents", {
  permission: "payment_intents:write",
  parameters: {
    ...confirmation,
    amount: required(integer({ min: 1 })),
    application_fee_amount: ignored,
    automatic_payment_methods: record,
    confirm: flag,
    confirmation_method: choice(["automatic", "manual"]),
    currency: required(text({ maxLength: 3 })),
    customer: text(),
    customer_account: unsupported,
    description: text({ maxLength: 1000 }),
    metadata,
    on_behalf_of: ignored,
    payment_method_configuration: ignored,
    statement_descriptor: text({ maxLength: 22 }),
    statement_descriptor_suffix: text({ maxLength: 22 }),
    transfer_data: ignored,
    transfer_group: text()
  },
  execute: (values, _id, execution) => {
    const currency = values.currency.toLowerCase()
    if (!/^[a-z]{3}$/.test(currency)) {
      return Result.fail(ErrorEnvelope.invalidRequest(`'${values.currency}' is no currency.`, { param: "currency" }))
    }
    const least = leastAmount[currency] ?? 1
    if (values.amount < least) {
      return Result.fail(
        ErrorEnvelope.invalidRequest(`The least amount in ${currency} is ${least}.`, {
          code: "amount_too_small",
          param: "amount"
        })
      )
    }
    if (values.customer !== undefined && execution.account.customers.get(values.customer) === undefined) {
      return Result.fail(ErrorEnvelope.resourceMissing("customer", values.customer, { param: "customer" }))
    }
    return Result.flatMap(PaymentMethod.decide(values, execution.cardOf), (paymentMethod) => {
      const id = execution.identifiers("pi")
      const intent = PaymentIntent.make({
        id,
        amount: values.amount,
        automatic_payment_methods: automaticPaymentMethods(values.automatic_payment_methods),
        capture_method: values.capture_method ?? "automatic_async",
        client_secret: execution.identifiers(`${id}_secret`),
        confirmation_method: values.confirmation_method ?? "automatic",
        created: Math.floor(execution.atMillis / 1000),
        currency,
        customer: values.customer ?? null,
        description: values.description ?? null,
        metadata: values.metadata ?? {},
        payment_method: paymentMethod,
        receipt_email: values.receipt_email ?? null,
        setup_future_usage: values.setup_future_usage ?? null,
        statement_descriptor: values.statement_descriptor ?? null,
        statement_descriptor_suffix: values.statement_descriptor_suffix ?? null,
        transfer_group: values.transfer_group ?? null
      })
      if (values.confirm === true) return attempt(intent, paymentMethod, values, execution)
      execution.account.paymentIntents.put(intent)
      return Result.succeed(intent)
    })
  }
})

const confirm = Endpoint.make("POST", "/v1/payment_intents/:id/confirm", {
  permission: "payment_intents:write",
  parameters: { ...confirmation, amount_to_confirm: ignored },
  execute: (values, id, execution) =>
    Result.flatMap(find(id, execution), (intent) =>
      Result.flatMap(PaymentMethod.decide(values, execution.cardOf), (paymentMethod) =>
        attempt(
          { ...intent, capture_method: values.capture_method ?? intent.capture_method },
          paymentMethod ?? intent.payment_method,
          values,
          execution
        )
      )
    )
})

const capture = Endpoint.make("POST", "/v1/payment_intents/:id/capture", {
  permission: "payment_intents:write",
  parameters: {
    amount_details: ignored,
    amount_to_capture: integer({ min: 1 }),
    application_fee_amount: ignored,
    expand: unsupported,
    final_capture: flag,
    hooks: ignored,
    metadata,
    payment_details: ignored,
    statement_descriptor: text({ maxLength: 22 }),
    statement_descriptor_suffix: text({ maxLength: 22 }),
    transfer_data: ignored
  },
  execute: (values, id, execution) =>
    Result.flatMap(find(id, execution), (intent) =>
      Result.map(PaymentIntent.capture(intent, values.amount_to_capture), (captured) => {
        const after = { ...captured, metadata: { ...captured.metadata, ...values.metadata } }
        charge(after, execution)
        return after
      })
    )
})

const cancel = Endpoint.make("POST", "/v1/payment_intents/:id/cancel", {
  permission: "payment_intents:write",
  parameters: {
    cancellation_reason: choice(["abandoned", "duplicate", "fraudulent", "requested_by_customer"]),
    expand: unsupported
  },
  execute: (values, id, execution) =>
    Result.flatMap(find(id, execution), (intent) =>
      Result.map(
        PaymentIntent.cancel(intent, values.cancellation_reason, Math.floor(execution.atMillis / 1000)),
        (canceled) => {
          execution.account.paymentIntents.put(canceled)
          return canceled
        }
      )
    )
})

const retrieve = Endpoint.make("GET", "/v1/payment_intents/:id", {
  permission: "payment_intents:read",
  parameters: { client_secret: text(), expand: unsupported },
  execute: (_values, id, execution) => find(id, execution)
})

const list = Endpoint.make("GET", "/v1/payment_intents", {
  permission: "payment_intents:read",
  parameters: {
    ...Page.parameters,
    created: ignored,
    customer: text(),
    customer_account: unsupported,
    expand: unsupported
  },
  execute: (values, _id, execution) =>
    Result.flatMap(TimeRange.decide(values.created, "created"), (isCreated) =>
      Page.decide(
        execution.account.paymentIntents
          .newestFirst()
          .filter(
            (intent) =>
              (values.customer === undefined || intent.customer === values.customer) && isCreated(intent.created)
          ),
        {
          url: "/v1/payment_intents",
          kind: "payment_intent",
          limit: values.limit,
          starting_after: values.starting_after,
          ending_before: values.ending_before
        }
      )
    )
})

/**
 * @category endpoints
 * @since 0.1.0
 */
export const endpoints: ReadonlyArray<Endpoint.Endpoint> = [create, list, confirm, capture, cancel, retrieve]

/** The least amount of a charge, in the currency's smallest unit; other currencies begin at 1 here. */
const leastAmount: Readonly<Record<string, number>> = { usd: 50, eur: 50, chf: 50, gbp: 30 }

const find = (
  id: string,
  execution: Endpoint.Execution
): Result.Result<PaymentIntent.PaymentIntent, ErrorEnvelope.ErrorEnvelope> => {
  const intent = execution.account.paymentIntents.get(id)
  return intent === undefined
    ? Result.fail(ErrorEnvelope.resourceMissing("payment_intent", id, "path"))
    : Result.succeed(intent)
}

type ConfirmationValues = Parameter.Values<typeof confirmation>

/** Confirms, stores where it led, and writes the money that moved into the ledger. */
const attempt = (
  intent: PaymentIntent.PaymentIntent,
  paymentMethod: string | null,
  values: ConfirmationValues,
  execution: Endpoint.Execution
): Result.Result<object, ErrorEnvelope.ErrorEnvelope> =>
  Result.flatMap(
    PaymentIntent.confirm(intent, {
      card: paymentMethod === null ? undefined : execution.cardOf(paymentMethod),
      chargeId: execution.identifiers("ch"),
      paymentMethod,
      presence:
        values.error_on_requires_action === true
          ? "no-action-wanted"
          : values.off_session === undefined || values.off_session === "false"
            ? "on-session"
            : "off-session",
      returnUrl: values.return_url
    }),
    (confirmed) => {
      if (confirmed._tag === "Charged") charge(confirmed.intent, execution)
      else execution.account.paymentIntents.put(confirmed.intent)
      return confirmed._tag === "Declined" ? Result.fail(confirmed.error) : Result.succeed(confirmed.intent)
    }
  )

const charge = (intent: PaymentIntent.PaymentIntent, execution: Endpoint.Execution): void => {
  execution.account.paymentIntents.put(intent)
  execution.ledger.charge({
    id: intent.latest_charge ?? "",
    paymentIntent: intent.id,
    orderId: intent.metadata["order_id"],
    amount: intent.amount_received,
    currency: intent.currency,
    atMillis: execution.atMillis,
    idempotencyKey: execution.idempotencyKey
  })
}

const automaticPaymentMethods = (
  value: Form.FormRecord | undefined
): PaymentIntent.PaymentIntent["automatic_payment_methods"] => {
  if (value === undefined) return null
  const redirects = Form.textAt(value, "allow_redirects")
  return {
    enabled: Form.textAt(value, "enabled") === "true",
    ...(redirects === undefined ? undefined : { allow_redirects: redirects })
  }
}
