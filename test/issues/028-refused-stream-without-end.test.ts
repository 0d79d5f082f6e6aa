// The refusal of a stream is read up to `maxBodyBytes` and no further.
//
// What came after that was let go piece by piece, for as long as the provider sent it.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport, type TransportHandler } from "surety/http/Transport"

class Feed extends Provider.Service<Feed>()("feed", {
  baseUrl: "https://api.feed.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/feed",
  operations: {
    ticks: HttpOperation.stream(
      HttpApiEndpoint.get("ticks", "/ticks", {
        success: HttpApiSchema.StreamNdjson({ schema: Schema.Struct({ n: Schema.Int }) })
      }),
      {
        timeout: { attempt: "1 second", total: "5 seconds" },
        failures: [],
        maxBodyBytes: 1000,
        retry: RetryMatrix.transportNever
      }
    )
  }
}) {}

it.effect("S9: a 403 of 1,001 bytes and more is cancelled, and the call ends", () => {
  let cancelled = 0
  let handler: TransportHandler | undefined
  const transport = Layer.succeed(Transport, {
    send: (_, given) => {
      handler = given
      return { cancel: () => void cancelled++, pause: () => {}, resume: () => {} }
    }
  })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.flip((yield* Feed).ticks()), { startImmediately: true })
    handler?.onHead(403, { "content-type": "application/json" })
    handler?.onData(new Uint8Array(1000))
    assert.strictEqual(cancelled, 0)
    handler?.onData(new Uint8Array(1))
    yield* Effect.yieldNow
    assert.isAbove(cancelled, 0)
    const error = yield* Fiber.join(fiber)
    assert.strictEqual(error._tag === "ContractViolation" && error.violation, "oversize")
    assert.strictEqual(error._tag === "ContractViolation" && error.acted, "no")
  }).pipe(Effect.provide(Feed.layer.pipe(Layer.provide(transport))))
})
