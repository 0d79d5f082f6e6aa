// A failure may have a field `retryAfter` that is not a duration.
//
// The engine read a text as a duration, which threw: the answer was there and the caller waited for ever. A number of
// seconds was taken for milliseconds.
import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, Credential, Degradation, Failure, Operation, Provider, RetryMatrix } from "surety"

class InWords extends Failure.Tagged<InWords>()("InWords", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.String }
}) {}

class InSeconds extends Failure.Tagged<InSeconds>()("InSeconds", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.Number }
}) {}

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })

/** A provider whose one operation always fails like this. */
const failing = (failure: InWords | InSeconds) => {
  const sent: Array<number> = []
  class Acme extends Provider.Service<Acme>()("acme", {
    baseUrl: "https://api.acme.example",
    owner: "team-tests",
    criticality: "high",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
    limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
    credentials: Credential.none("a test has no secrets"),
    version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
    runbook: "https://runbooks.example/acme",
    operations: {
      find: Operation.read("find", {
        timeout: { attempt: "1 second", total: "5 seconds" },
        failures: [InWords, InSeconds],
        retry: { ...RetryMatrix.transport(quick), InWords: quick, InSeconds: quick },
        attempt: (_: string) =>
          Effect.flatMap(Clock.currentTimeMillis, (at) => {
            sent.push(at)
            return Effect.fail<InWords | InSeconds>(failure)
          })
      })
    }
  }) {}
  return Effect.gen(function* () {
    const acme = yield* Acme
    const fiber = yield* Effect.forkChild(Effect.flip(acme.find("a")))
    yield* TestClock.adjust("5 seconds")
    const error = yield* Fiber.join(fiber)
    return { error, sent }
  }).pipe(Effect.provide(Acme.layer))
}

it.effect("retries 3 times by its own rule when retryAfter is a text", () =>
  Effect.gen(function* () {
    const { error, sent } = yield* failing(new InWords({ retryAfter: "two minutes" }))
    assert.strictEqual(error._tag === "RetriesExhausted" && error.retryAt, undefined)
    assert.strictEqual(sent.length, 3)
  })
)

it.effect("does not take 120 of whatever unit for 120 ms", () =>
  Effect.gen(function* () {
    const { error, sent } = yield* failing(new InSeconds({ retryAfter: 120 }))
    assert.strictEqual(error._tag === "RetriesExhausted" && error.retryAt, undefined)
    assert.isTrue((sent[2] ?? 1000) <= 30, String(sent))
  })
)
