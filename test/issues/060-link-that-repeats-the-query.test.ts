// No log event of the engine holds a secret that a provider sent back.
//
// The link of a deprecation notice was logged as it came. A provider that makes its successor's address of ours repeated a key
// of the query, and one link could fill a line with 16 kB.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })

class Old extends Provider.Service<Old>()("tests/Old", {
  baseUrl: "https://api.old.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/old",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/items", { success: Schema.Struct({}) }), {
      timeout: { attempt: "1 second", total: "2 seconds" },
      failures: [],
      retry: RetryMatrix.transport(quick)
    })
  }
}) {}

it.effect.each([
  [
    "https://api.old.example/v2/items?api_key=hunter2&page",
    "https://api.old.example/v2/items?api_key=REDACTED&REDACTED"
  ],
  ["https://us\u009ber:hunter2@api.old.example/v2#items", "https://api.old.example/v2#items"],
  // a slash too many is none to a browser
  ["https:///user:hunter2@api.old.example/v2", "https:///api.old.example/v2"],
  ["https://\\user:hunter2@api.old.example/v2", "https://api.old.example/v2"],
  [`https://api.old.example/${"a".repeat(9000)}`, `https://api.old.example/${"a".repeat(476)}`]
])("logs link %# without what could be a secret, in 500 letters at most", ([href, logged]) => {
  const links: Array<unknown> = []
  const logger = Logger.make(({ fiber }) => {
    links.push(fiber.getRef(References.CurrentLogAnnotations)["link.successor-version"])
  })
  const server = FakeServer.make({
    handle: () => FakeExchange.json(200, {}, { deprecation: "true", link: `<${href}>; rel="successor-version"` })
  })
  const layer = Old.layer.pipe(Layer.provide(FakeTransport.layer(server)))
  return Effect.gen(function* () {
    yield* (yield* Old).get()
    assert.deepStrictEqual(links, [logged])
  }).pipe(Effect.provide(layer), Effect.provide(Logger.layer([logger])))
})
