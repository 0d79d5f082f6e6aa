// A throttled answer that names a bucket holds everybody back who spends from the operation's buckets.
//
// A name that the contract does not know held nobody back: with every other call Retry-After was undercut.
import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Backoff, Credential, Degradation, Failure, Operation, Provider, RateLimit, RetryMatrix } from "surety"

class SlowDown extends Failure.Tagged<SlowDown>()("SlowDown", {
  retry: "safe",
  fault: "provider",
  fields: { bucket: Schema.String, retryAfter: Schema.Duration }
}) {}

let sent = 0

class Store extends Provider.Service<Store>()("store", {
  baseUrl: "https://api.store.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/store",
  operations: {
    read: Operation.read("read", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [SlowDown],
      retry: { ...RetryMatrix.transportNever, SlowDown: Backoff.never },
      attempt: (_: string) =>
        Effect.suspend(() => {
          sent++
          // where the photographs are, not what is limited
          return Effect.fail(new SlowDown({ bucket: "photographs", retryAfter: Duration.seconds(30) }))
        })
    })
  }
}) {}

it.effect("sends 1 of 2 calls while the provider asks for 30 s", () =>
  Effect.gen(function* () {
    const store = yield* Store
    assert.strictEqual((yield* Effect.flip(store.read("a")))._tag, "SlowDown")
    const second = yield* Effect.flip(store.read("b"))
    assert.strictEqual(second._tag === "NotAttempted" && second.reason._tag, "RateLimitSaturated")
    assert.strictEqual(sent, 1)
  }).pipe(Effect.provide(Store.layer))
)
