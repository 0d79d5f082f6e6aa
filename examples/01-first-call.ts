// A provider declared on a page, called three ways: with handlers, with a fake network, and with a lost answer.
import { Effect, Schema } from "effect"
import { HttpApiEndpoint } from "effect/http-api"
import { Backoff, Credential, Degradation, Failure, Idempotency, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import { FakeProvider, Fault, FaultScript } from "surety/testing"

class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", { retry: "never", fault: "caller" }) {}

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

const charge = HttpOperation.mutation(
  HttpApiEndpoint.post("charge", "/v1/charges", {
    payload: Schema.Struct({ amount: Schema.Int }),
    success: Schema.Struct({ id: Schema.String, amount: Schema.Int })
  }),
  {
    failures: [CardDeclined.wire(402)],
    timeout: { attempt: "2 seconds", total: "8 seconds" },
    idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
    retry: { ...RetryMatrix.transport(quick), CardDeclined: Backoff.never }
  }
)

class Payments extends Provider.Service<Payments>()("acme/Payments", {
  baseUrl: "https://api.payments.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/payments",
  operations: { charge }
}) {}

const checkout = Effect.gen(function* () {
  const payments = yield* Payments
  const charge = yield* payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
  return `charged ${charge.amount} as ${charge.id}`
})

const handlers = Payments.layerTest({ charge: ({ payload }) => Effect.succeed({ id: "ch_test", ...payload }) })
console.log("handlers:    ", await Effect.runPromise(Effect.provide(checkout, handlers)))

const against = (script: FaultScript.FaultScript) =>
  FakeProvider.make(Payments, { handlers: { charge: ({ payload }) => ({ id: "ch_1", ...payload }) }, script })

const calm = against(FaultScript.none)
console.log("fake network:", await Effect.runPromise(Effect.provide(checkout, Payments.layerFake(calm))))
console.log("  answers   :", calm.log.statuses())

const rough = against(FaultScript.of(Fault.resetAfter))
console.log("lost answer: ", await Effect.runPromise(Effect.provide(checkout, Payments.layerFake(rough))))
console.log("  answers   :", rough.log.statuses())
console.log("  keys      :", rough.log.keys())
console.log("  charges   :", rough.requests.charge.length)
