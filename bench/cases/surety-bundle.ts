/** Entry: a provider of one operation over fetch, as an application would ship it. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Backoff from "surety/Backoff"
import * as Credential from "surety/Credential"
import * as Degradation from "surety/Degradation"
import * as Failure from "surety/Failure"
import * as FetchTransport from "surety/http/fetch"
import * as HttpOperation from "surety/http/HttpOperation"
import * as Provider from "surety/Provider"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", { retry: "safe", fault: "provider" }) {}

const getCharge = HttpOperation.read(
  HttpApiEndpoint.get("getCharge", "/v1/charges/:id", {
    params: { id: Schema.String },
    success: Schema.Struct({ id: Schema.String, amount: Schema.Int })
  }),
  {
    failures: [RateLimited.wire(429)],
    timeout: { attempt: "2 seconds", total: "8 seconds" },
    retry: { ...RetryMatrix.transport(quick), RateLimited: quick }
  }
)

class Payments extends Provider.Service<Payments>()("acme/Payments", {
  baseUrl: "https://api.payments.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: ["charges:read"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/payments",
  operations: { getCharge }
}) {}

export const charge = Effect.gen(function* () {
  const payments = yield* Payments
  return yield* payments.getCharge({ params: { id: "ch_1" } })
}).pipe(
  Effect.provide(
    Payments.layer.pipe(Layer.provide([FetchTransport.layer, Payments.Credentials.layer(Redacted.make("sk"))]))
  )
)
