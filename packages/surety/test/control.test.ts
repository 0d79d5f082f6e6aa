/** What an operator can do with a running provider. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Backoff from "../src/Backoff.ts"
import * as Credential from "../src/Credential.ts"
import * as Degradation from "../src/Degradation.ts"
import * as HttpOperation from "../src/http/HttpOperation.ts"
import type { Transport } from "../src/http/Transport.ts"
import * as Provider from "../src/Provider.ts"
import * as RateLimit from "../src/RateLimit.ts"
import * as RetryMatrix from "../src/RetryMatrix.ts"
import { FakeExchange, FakeServer, FakeTransport } from "../src/testing/index.ts"

const quick = Backoff.exponential({ base: "50 millis", cap: "1 second", maxAttempts: 2, jitter: "full" })

class Weather extends Provider.Service<Weather>()("test/Weather", {
  baseUrl: "https://weather.example",
  owner: "team-sky",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 2 },
  credentials: Credential.bearer({ scopes: ["read"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/weather",
  operations: {
    today: HttpOperation.read(HttpApiEndpoint.get("today", "/today", { success: Schema.String }), {
      failures: [],
      timeout: { attempt: "1 second", total: "3 seconds" },
      retry: RetryMatrix.transport(quick)
    })
  }
}) {}

describe("Provider.control", () => {
  it.effect("isolates a provider, so that 0 requests are sent, until it closes the circuit again", () => {
    const server = FakeServer.make({ handle: () => FakeExchange.json(200, "rain") })
    const fake: Provider.Fake<Transport> = { layerFor: () => FakeTransport.layer(server) }
    return Effect.gen(function* () {
      const weather = yield* Weather
      const control = Provider.control(weather)
      assert.deepStrictEqual([control?.circuit(), control?.inFlight(), control?.waiting()], ["closed", 0, 0])
      control?.isolate()
      const error = yield* Effect.flip(weather.today())
      assert.strictEqual(error._tag === "NotAttempted" ? error.reason._tag : error._tag, "CircuitOpen")
      assert.deepStrictEqual([control?.circuit(), server.log.count()], ["isolated", 0])
      control?.close()
      assert.strictEqual(yield* weather.today(), "rain")
      assert.deepStrictEqual([control?.circuit(), server.log.count()], ["closed", 1])
    }).pipe(Effect.provide(Weather.layerFake(fake)))
  })

  it.effect("has nothing to say about handlers of layerTest, which have no guards", () =>
    Effect.gen(function* () {
      assert.isUndefined(Provider.control(yield* Weather))
    }).pipe(Effect.provide(Weather.layerTest({})))
  )
})
