// The provider that the examples call: declared once, on a page.
import { Schema } from "effect"
import { HttpApiEndpoint } from "effect/http-api"
import {
  Backoff,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Paging,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"
import { HttpOperation } from "surety/http"
import * as ServerHint from "surety/ServerHint"

export class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}

export class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

export const Charge = Schema.Struct({ id: Schema.String, amount: Schema.Int })
const Page = Schema.Struct({ data: Schema.Array(Charge), next: Schema.optional(Schema.String) })
const Rate = Schema.Struct({ currency: Schema.String, perEuro: Schema.Number })

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

const rateLimited = RateLimited.wire(429, {
  body: Schema.Unknown,
  decode: ({ headers, nowMillis }) => {
    const retryAfter = ServerHint.retryAfter(headers["retry-after"], nowMillis)
    return retryAfter === undefined ? {} : { retryAfter }
  },
  encode: () => ({ body: {} })
})

const read = {
  failures: [rateLimited],
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  retry: { ...RetryMatrix.transport(quick), RateLimited: quick }
} as const

const charge = HttpOperation.mutation(
  HttpApiEndpoint.post("charge", "/v1/charges", {
    payload: Schema.Struct({ amount: Schema.Int }),
    success: Charge
  }),
  {
    failures: [CardDeclined.wire(402), rateLimited],
    timeout: { attempt: "2 seconds", total: "8 seconds" },
    idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
    retry: { ...RetryMatrix.transport(quick), CardDeclined: Backoff.never, RateLimited: quick }
  }
)

const listCharges = HttpOperation.read(
  HttpApiEndpoint.get("listCharges", "/v1/charges", {
    query: { after: Schema.optional(Schema.String) },
    success: Page
  }),
  {
    ...read,
    pages: Paging.rule({
      items: (page) => page.data,
      next: (page) => (page.next === undefined ? undefined : { query: { after: page.next } })
    })
  }
)

const getRate = HttpOperation.read(
  HttpApiEndpoint.get("getRate", "/v1/rates/:currency", { params: { currency: Schema.String }, success: Rate }),
  { ...read, fallback: Degradation.stale({ maxAge: "1 hour" }) }
)

export class Payments extends Provider.Service<Payments>()("acme/Payments", {
  baseUrl: "https://api.payments.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.serve("exchange rates up to an hour old"),
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/payments",
  operations: { charge, listCharges, getRate }
}) {}
