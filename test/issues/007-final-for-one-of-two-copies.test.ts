// A hedged charge is reported as refused only when neither copy was applied.
//
// An answer about one request (a 401 after a rotation, a proxy's 403) was final for both: the copy that was just being
// applied was cut, and the charge was reported as not made.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, Credential, Degradation, Failure, Hedge, Idempotency, Operation, Provider, RetryMatrix } from "surety"

class Unauthorized extends Failure.Tagged<Unauthorized>()("Unauthorized", { retry: "never", fault: "caller" }) {}
class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied"
}) {}

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })

/** The first copy is refused after 300 ms; the second, sent at 200 ms, is applied at 500 ms. */
const hedged = (refusal: Unauthorized | Declined) => {
  let sent = 0
  class Payments extends Provider.Service<Payments>()("payments", {
    baseUrl: "https://api.payments.example",
    owner: "team-tests",
    criticality: "critical",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
    limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
    credentials: Credential.none("a test has no secrets"),
    version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
    runbook: "https://runbooks.example/payments",
    operations: {
      pay: Operation.mutation("pay", {
        timeout: { attempt: "1 second", total: "5 seconds" },
        failures: [Unauthorized, Declined],
        retry: { ...RetryMatrix.transport(quick), Unauthorized: Backoff.never, Declined: Backoff.never },
        idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
        hedge: Hedge.after("200 millis"),
        attempt: (_: string) =>
          Effect.suspend(() =>
            ++sent === 1
              ? Effect.delay(Effect.fail<Unauthorized | Declined>(refusal), "300 millis")
              : Effect.delay(Effect.succeed("paid"), "300 millis")
          )
      })
    }
  }) {}
  return Effect.gen(function* () {
    const payments = yield* Payments
    const fiber = yield* Effect.forkChild(Effect.result(payments.pay("order-1", { idempotencyKey: "order-1" })))
    yield* TestClock.adjust("5 seconds")
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(Payments.layer))
}

it.effect("says paid when 1 of 2 copies is unauthorized and the other is applied", () =>
  Effect.map(hedged(new Unauthorized()), (said) => assert.strictEqual(said._tag === "Success" && said.success, "paid"))
)

it.effect("takes what speaks of the key as final for both copies", () =>
  Effect.map(hedged(new Declined()), (said) =>
    assert.strictEqual(said._tag === "Failure" && said.failure._tag, "Declined")
  )
)
