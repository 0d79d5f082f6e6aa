// A function of the contract that throws while a stream begins ends the call with that defect.
//
// What `learn` threw went into the transport: it was taken for a lost connection, sent again 3 times and held against
// the provider.
import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import * as UndiciTransport from "surety/http/undici"
import { FakeServer } from "surety/testing"

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })

class Feed extends Provider.Service<Feed>()("feed", {
  baseUrl: "https://api.feed.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) },
    concurrency: 10,
    learn: () => {
      throw new Error("a bug of ours")
    }
  },
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
        retry: RetryMatrix.transport(quick)
      }
    )
  }
}) {}

it.live("sends 1 request, dies of the bug and leaves 0 permits in flight", () => {
  const server = FakeServer.make({
    handle: () => ({ status: 200, headers: { "content-type": "application/x-ndjson" }, body: '{"n":1}\n', acted: "no" })
  })
  return Effect.gen(function* () {
    const { url } = yield* FakeServer.serve(server)
    yield* Effect.gen(function* () {
      const feed = yield* Feed
      const exit = yield* Effect.exit(feed.ticks())
      if (Exit.isSuccess(exit)) return assert.fail("a stream")
      assert.include(String(exit.cause.reasons.find(Cause.isDieReason)?.defect), "a bug of ours")
      assert.strictEqual(Provider.control(feed)?.inFlight(), 0)
      assert.strictEqual(server.log.entries.length, 1)
    }).pipe(Effect.provide(Feed.layerAt(url).pipe(Layer.provide(UndiciTransport.layer))))
  })
})
