// An operator who says what became of a lost mutation leaves a trace.
//
// `settle` and `settleAll` took a page away and wrote nothing: whoever read the log later saw mutations get lost, and not
// that somebody had said that they were known, nor how many and when.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import {
  Backoff,
  Credential,
  Degradation,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix,
  TransportFailure
} from "surety"

class Till extends Provider.Service<Till>()("tests/Till", {
  baseUrl: "https://api.till.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/till",
  operations: {
    pay: Operation.mutation("pay", {
      timeout: { attempt: "1 second", total: "2 seconds" },
      failures: [],
      attempt: (_id: string) => Effect.fail(new TransportFailure.ConnectionLost({ code: "reset" })),
      retry: RetryMatrix.transport(
        Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
      ),
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "7 days" })
    })
  }
}) {}

it.effect(
  "says for each pull of the lever which operation, how many and the hash of the key, and never the key",
  () => {
    const lines: Array<readonly [string, string, Readonly<Record<string, unknown>>]> = []
    const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
      lines.push([logLevel, String(message), fiber.getRef(References.CurrentLogAnnotations)])
    })
    return Effect.gen(function* () {
      const till = yield* Till
      const control = Provider.control(till)
      for (const key of ["order-7-of-Ann", "order-8-of-Bob", "order-9-of-Cy"]) {
        yield* Effect.flip(till.pay("a", { idempotencyKey: key }))
      }
      const [lost] = lines.filter(([, message]) => message === "integration.outcome.unknown")
      lines.length = 0

      assert.strictEqual(control?.settle("pay", "order-7-of-Ann"), 1)
      assert.strictEqual(control?.settle("pay", "order-7-of-Ann"), 0)
      // what JavaScript gives for a key that is not there settles nothing, and is said as well
      assert.strictEqual(control?.settle("pay", undefined as never), 0)
      assert.strictEqual(control?.settleAll("pay"), 2)
      yield* Effect.yieldNow

      const of = { "integration.provider.name": "tests/Till", "integration.operation.name": "pay" }
      const hash = lost?.[2]["integration.idempotency.key_hash"]
      assert.match(String(hash), /^[0-9a-f]{14}$/)
      assert.deepStrictEqual(lines.slice(0, 2), [
        ["Info", "integration.outcome.settled", { ...of, settled: 1, "integration.idempotency.key_hash": hash }],
        ["Info", "integration.outcome.settled", { ...of, settled: 0, "integration.idempotency.key_hash": hash }]
      ])
      assert.deepStrictEqual(lines[3], ["Info", "integration.outcome.settled", { ...of, settled: 2 }])
      assert.strictEqual(lines.length, 4)
      assert.notInclude(JSON.stringify(lines), "order-")
    }).pipe(Effect.provide([Till.layer, Logger.layer([logger])]))
  }
)
