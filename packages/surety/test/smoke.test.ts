import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Backoff, Credential, Degradation, Failure, Idempotency, Operation, Provider, RateLimit, RetryMatrix, TransportFailure } from "surety"

class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}
const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
let n = 0
const keys: Array<string | undefined> = []
const charge = Operation.mutation("charge", {
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  idempotency: Idempotency.key({ header: "k", source: "caller", retainedFor: "1 day" }),
  failures: [CardDeclined],
  retry: { ...RetryMatrix.transport(quick), CardDeclined: Backoff.never },
  attempt: (request: { readonly amount: number }, ctx) =>
    Effect.suspend(() => {
      keys.push(ctx.idempotencyKey)
      return n++ < 2
        ? Effect.delay(Effect.fail(new TransportFailure.ConnectionLost({ code: "reset" })), "1 second")
        : request.amount > 100
        ? Effect.fail(new CardDeclined({ code: "too_much" }))
        : Effect.succeed({ id: "a" })
    })
})
class P extends Provider.Service<P>()("P", {
  baseUrl: "https://x.example",
  owner: "o",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 10, per: "1 second" }) }, concurrency: 3 },
  credentials: Credential.none("test"),
  version: { header: "v", value: "1", reviewBy: "2027-01-01" },
  runbook: "r",
  operations: { charge }
}) {}
it.effect("works", () =>
  Effect.gen(function*() {
    const p = yield* P
    const fiber = yield* Effect.forkChild(p.charge.detailed({ amount: 5 }, { idempotencyKey: "order-1" }))
    yield* TestClock.adjust("10 seconds")
    const r = yield* Fiber.join(fiber)
    assert.deepStrictEqual(r.value, { id: "a" })
    assert.strictEqual(r.metadata.attempts, 3)
    assert.deepStrictEqual(keys, ["order-1", "order-1", "order-1"])
    const e = yield* Effect.flip(p.charge({ amount: 500 }, { idempotencyKey: "order-2" }))
    assert.strictEqual(e._tag, "CardDeclined")
  }).pipe(Effect.provide(P.layer)))
it.live("works live", () =>
  Effect.gen(function*() {
    n = 0
    const p = yield* P
    const r = yield* p.charge.detailed({ amount: 5 }, { idempotencyKey: "order-1" })
    assert.strictEqual(r.metadata.attempts, 3)
  }).pipe(Effect.provide(P.layer)))
