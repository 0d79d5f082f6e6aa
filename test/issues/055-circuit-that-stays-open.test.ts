// What an outage would repeat is said in the log once a minute.
//
// A circuit that stays open tries again several times a second, and each try was two lines: half an hour of outage, 30,000
// lines.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, CircuitBreaker, Credential, Degradation, Operation, Provider, RetryMatrix } from "surety"
import { ConnectionLost } from "surety/TransportFailure"

class Down extends Provider.Service<Down>()("down", {
  baseUrl: "https://api.down.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { _tag: "Unlimited", because: "a test" },
    concurrency: 10,
    breaker: CircuitBreaker.consecutive({ failures: 2 })
  },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/down",
  operations: {
    get: Operation.read("get", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: { ...RetryMatrix.transportNever, ConnectionLost: Backoff.never },
      attempt: (_: void) => Effect.fail(new ConnectionLost({ code: "reset" }))
    })
  }
}) {}

it.effect("says 5 lines of a circuit that is open for 2 minutes, though it tries more than 100 times", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    let tries = 0
    const logger = Logger.make<unknown, void>(({ fiber, message }) => {
      if (!String(message).includes("circuit_breaker")) return
      const { from, to } = fiber.getRef(References.CurrentLogAnnotations)
      lines.push(`${String(from)} ${String(to)}`)
    })
    yield* Effect.gen(function* () {
      const down = yield* Down
      for (let at = 0; at < 239; at++) {
        const error = yield* Effect.flip(down.get())
        if (error._tag !== "NotAttempted") tries++
        yield* TestClock.adjust("500 millis")
      }
    }).pipe(Effect.provide([Down.layer, Logger.layer([logger])]))
    assert.isAbove(tries, 100)
    const again = ["open half-open", "half-open open"]
    assert.deepStrictEqual(lines, ["closed open", ...again, ...again])
  })
)
