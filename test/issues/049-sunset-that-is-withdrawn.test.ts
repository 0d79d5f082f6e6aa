// The end of an operation that its provider takes back is not announced any more.
//
// The date of the first `Sunset` header stayed until the process ended, and the alert over it with it, whatever the
// answers said since.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import type { Transport } from "surety/http/Transport"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"

const once = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
const read = <const Name extends string, const Path extends `/${string}`>(name: Name, path: Path) =>
  HttpApiEndpoint.get(name, path, { success: Schema.String })
const declared = {
  timeout: { attempt: "1 second", total: "2 seconds" },
  failures: [],
  retry: RetryMatrix.transport(once)
} as const

class Maps extends Provider.Service<Maps>()("tests/Maps", {
  baseUrl: "https://api.maps.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/maps",
  operations: {
    tile: HttpOperation.read(read("tile", "/tile"), declared),
    route: HttpOperation.read(read("route", "/route"), { ...declared, sunset: "2030-01-01" })
  }
}) {}

const announced = "Sat, 11 Nov 2028 23:59:59 GMT"
const at = Date.parse(announced) / 1000
const contracted = Date.parse("2030-01-01T00:00:00Z") / 1000

const ends = Effect.map(Metric.snapshot, (all) =>
  Object.fromEntries(
    all
      .filter(({ id }) => id === "integration.deprecation.sunset.time")
      .map(({ attributes, state }) => [
        attributes?.["integration.operation.name"],
        "value" in state ? Number(state.value) : undefined
      ])
  )
)

it.effect("is 0, or what the contract declares, after a day of good answers without it, and not before", () => {
  let answer = FakeExchange.json(200, "x", { sunset: announced })
  const server = FakeServer.make({ handle: () => answer })
  const fake: Provider.Fake<Transport> = { layerFor: () => FakeTransport.layer(server) }
  return Effect.gen(function* () {
    const maps = yield* Maps
    const both = Effect.andThen(Effect.exit(maps.tile()), Effect.exit(maps.route()))
    assert.deepStrictEqual(yield* ends, { tile: 0, route: contracted })
    yield* both
    assert.deepStrictEqual(yield* ends, { tile: at, route: at })
    answer = FakeExchange.json(200, "x", { link: '<https://docs.example>; rel="deprecation"' })
    yield* TestClock.adjust("23 hours")
    yield* both
    assert.deepStrictEqual(yield* ends, { tile: at, route: at })
    answer = FakeExchange.json(500, "x")
    yield* TestClock.adjust("2 hours")
    yield* both
    assert.deepStrictEqual(yield* ends, { tile: at, route: at })
    answer = FakeExchange.json(200, "x")
    yield* both
    assert.deepStrictEqual(yield* ends, { tile: 0, route: contracted })
    answer = FakeExchange.json(200, "x", { sunset: announced })
    yield* both
    assert.deepStrictEqual(yield* ends, { tile: at, route: at })
  }).pipe(Effect.provide(Maps.layerFake(fake)), Effect.provideService(Metric.MetricRegistry, new Map()))
})
