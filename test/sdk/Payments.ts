/**
 * Payments over the official `stripe` package: what it takes to put a vendor's client under
 * a contract. The client knows the wire; the contract says what may be sent again, how long
 * it may take and who answers for it.
 *
 * `stripe` has no AbortSignal, so its calls are detached: one that was given up goes on, and
 * keeps its permit until the client's own timeout at the latest.
 */
import { Redacted, Schema } from "effect"
import Stripe from "stripe"
import { Backoff, Credential, Degradation, Failure, Idempotency, Operation, Provider, RateLimit } from "surety"
import { RetryMatrix, Sdk } from "surety"
import * as ServerHint from "surety/ServerHint"

export class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied",
  fields: { code: Schema.optional(Schema.String) }
}) {}

export class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

export class KeyInUse extends Failure.Tagged<KeyInUse>()("KeyInUse", { retry: "idempotent-only", fault: "caller" }) {}

export class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never",
  fault: "caller",
  fields: { status: Schema.optional(Schema.Int), code: Schema.optional(Schema.String) }
}) {}

// One client for all operations. Over fetch: the client over node:http sends once more by itself after a
// closed connection, whatever maxNetworkRetries says.
export const settings = { maxNetworkRetries: 0, timeout: 10_000, telemetry: false } as const
const stripe = Sdk.client({
  make: ({ baseUrl, secret }) => {
    const { hostname, port, protocol } = new URL(baseUrl)
    const at = protocol === "http:" ? ({ port, protocol: "http" } as const) : {}
    const httpClient = Stripe.createFetchHttpClient()
    return new Stripe(Redacted.value(secret), { ...settings, ...at, host: hostname, httpClient })
  },
  cancellation: "detached",
  classify: (error) => {
    if (!(error instanceof Stripe.errors.StripeError)) return Sdk.undeclared({ cause: error })
    const { code, decline_code, detail, headers, statusCode: status } = error
    if (error instanceof Stripe.errors.StripeCardError) return new CardDeclined({ code: decline_code ?? code })
    if (error instanceof Stripe.errors.StripeRateLimitError) {
      return new RateLimited({ retryAfter: ServerHint.seconds(headers?.["retry-after"]) })
    }
    if (code === "idempotency_key_in_use") return new KeyInUse()
    if (status !== undefined && status < 500) return new Refused({ status, code })
    return Sdk.undeclared({ status, cause: detail })
  }
})

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })
const guarded = {
  timeout: { attempt: "2 seconds", total: "10 seconds" },
  failures: [CardDeclined, RateLimited, KeyInUse, Refused],
  retry: {
    ...RetryMatrix.transport(quick),
    RateLimited: quick,
    KeyInUse: quick,
    CardDeclined: Backoff.never,
    Refused: Backoff.never
  }
} as const

export interface Order {
  readonly id: string
  readonly amount: number
  readonly card: string
}

const status = ({ id, status }: Stripe.PaymentIntent) => ({ id, status })

const find = Operation.read("find", {
  ...guarded,
  attempt: stripe((client, id: string) => client.paymentIntents.retrieve(id).then(status))
})

const pay = Operation.mutation("pay", {
  ...guarded,
  idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
  attempt: stripe((client, { amount, card, id }: Order, attempt) =>
    client.paymentIntents
      .create(
        { amount, currency: "eur", payment_method: card, confirm: true, metadata: { order_id: id } },
        { idempotencyKey: Sdk.keyOf(attempt) }
      )
      .then(status)
  )
})

export class Payments extends Provider.Service<Payments>()("shop/Payments", {
  baseUrl: "https://api.stripe.com",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { account: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 4 },
  credentials: Credential.bearer({ scopes: ["payment_intents:write"], rotateEvery: "90 days" }),
  version: { unversioned: "the client pins the version it was made for", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/payments",
  operations: { find, pay }
}) {}
