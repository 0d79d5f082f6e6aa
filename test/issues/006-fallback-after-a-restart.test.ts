// A payment that an earlier process may have sent is never made again at another provider.
//
// A redelivered call that our own circuit refused fell back to the other provider, although the key it brought had
// been sent before: charged here and there.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Credential, Degradation, Idempotency, Operation, Provider, RetryMatrix } from "surety"

const others: Array<string> = []

class Payments extends Provider.Service<Payments>()("payments", {
  baseUrl: "https://api.payments.example",
  owner: "team-tests",
  criticality: "critical",
  degradation: Degradation.serve("the other provider"),
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/payments",
  operations: {
    pay: Operation.mutation("pay", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: RetryMatrix.transportNever,
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
      fallback: Degradation.other((order: string) => Effect.sync(() => `${others.push(order)} at the other`)),
      attempt: (order: string) => Effect.succeed(order)
    })
  }
}) {}

it.effect("pays 1 of 2 refused orders elsewhere: the one that was never sent before", () =>
  Effect.gen(function* () {
    const payments = yield* Payments
    Provider.control(payments)?.isolate()
    const redelivered = yield* Effect.flip(
      payments.pay("order-1", { idempotencyKey: "order-1", keyFirstUsedAt: -3_600_000 })
    )
    assert.strictEqual(redelivered._tag === "NotAttempted" && redelivered.reason._tag, "CircuitOpen")
    yield* payments.pay("order-2", { idempotencyKey: "order-2" })
    assert.deepStrictEqual(others, ["order-2"])
  }).pipe(Effect.provide(Payments.layer))
)
