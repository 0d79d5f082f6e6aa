// The declarations that the programs beside this file share: three failures, two rules, two endpoints and a provider.
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Backoff from "surety/Backoff"
import * as Credential from "surety/Credential"
import * as Degradation from "surety/Degradation"
import * as Failure from "surety/Failure"
import * as Idempotency from "surety/Idempotency"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"
import * as HttpOperation from "surety/http/HttpOperation"

export class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}

export class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", { retry: "safe", fault: "provider" }) {}

export class Overloaded extends Failure.Tagged<Overloaded>()("Overloaded", {
  retry: "idempotent-only",
  fault: "provider"
}) {}

export interface Charge {
  readonly id: string
  readonly amount: number
}

export const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
export const timeout = { attempt: "2 seconds", total: "8 seconds" } as const
export const key = Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" })
export const risk = Idempotency.acceptRisk("a lost charge is found by the nightly report")
export const transport = RetryMatrix.transport(quick)
export const notSent = RetryMatrix.transportNotSent(quick)

const ChargeSchema = Schema.Struct({ id: Schema.String, amount: Schema.Int })
export const getEndpoint = HttpApiEndpoint.get("getCharge", "/v1/charges/:id", {
  params: { id: Schema.String },
  success: ChargeSchema
})
export const postEndpoint = HttpApiEndpoint.post("charge", "/v1/charges", {
  payload: Schema.Struct({ amount: Schema.Int }),
  success: ChargeSchema
})

export const getCharge = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: quick }
})
export const charge = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402), RateLimited.wire(429)],
  timeout,
  idempotency: key,
  retry: { ...transport, CardDeclined: Backoff.never, RateLimited: quick }
})

export const acme = {
  baseUrl: "https://api.acme.example",
  owner: "team-checkout",
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  runbook: "https://runbooks.example/acme",
  criticality: "critical",
  degradation: Degradation.fail,
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  credentials: Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }),
  operations: { getCharge, charge }
} as const
