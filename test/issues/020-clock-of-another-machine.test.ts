// A circuit that another machine opened stays open no longer than the longest of our own trips.
//
// The end of a trip is shared as a time of day: a machine whose clock was an hour ahead kept every other one away from
// the provider for that hour.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { CircuitBreaker, Credential, Degradation, Operation, Provider, RetryMatrix } from "surety"
import * as GuardStore from "surety/engine/GuardStore"

class Acme extends Provider.Service<Acme>()("acme", {
  baseUrl: "https://api.acme.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { _tag: "Unlimited", because: "a test" },
    concurrency: 10,
    breaker: CircuitBreaker.consecutive({ failures: 5, openMin: "1 second", openMax: "30 seconds" })
  },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/acme",
  operations: {
    read: Operation.read("read", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: RetryMatrix.transportNever,
      attempt: (_: string) => Effect.succeed("read")
    })
  }
}) {}

it.effect("asks again after 30 s when the other clock is an hour ahead", () => {
  let until = 3_600_000
  return Effect.gen(function* () {
    const acme = yield* Acme
    const error = yield* Effect.flip(acme.read("a"))
    if (error._tag !== "NotAttempted" || error.reason._tag !== "CircuitOpen") return assert.fail(error._tag)
    assert.strictEqual(error.reason.retryAfterMillis, 30_000)
    // the other machine closed its own
    until = 0
    yield* TestClock.adjust("30 seconds")
    assert.strictEqual(yield* acme.read("a"), "read")
  }).pipe(
    Effect.provide(
      Acme.layer.pipe(
        Layer.provide(
          Layer.succeed(
            GuardStore.BreakerStore,
            GuardStore.breakerStore({
              openUntil: () => Effect.sync(() => until),
              opened: () => Effect.void
            })
          )
        )
      )
    )
  )
})
