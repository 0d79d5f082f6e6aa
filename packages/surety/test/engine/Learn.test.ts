import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Credential, Degradation, Provider, RateLimit, RetryMatrix, ServerHint } from "surety"
import { HttpOperation } from "surety/http"
import { FakeExchange, FakeServer, FakeTransport, FaultScript } from "surety/testing"
import { quick, series } from "./Scripted.ts"

const read = <const Name extends string>(name: Name, bucket: string) =>
  HttpOperation.read(HttpApiEndpoint.get(name, `/${name}`, { success: Schema.Struct({ id: Schema.String }) }), {
    failures: [],
    timeout: { attempt: "1 second", total: "10 seconds" },
    retry: RetryMatrix.transport(quick),
    cost: { [bucket]: 1 }
  })

/** What the provider says: the bucket, what is left of it and in how many seconds it is full again. */
const learn: RateLimit.Learn = ({ headers }) => {
  const remaining = ServerHint.count(headers["x-remaining"])
  return remaining === undefined
    ? []
    : [
        {
          bucket: headers["x-bucket"] ?? "",
          remaining,
          resetMillis: 1000 * (ServerHint.count(headers["x-reset"]) ?? 0)
        }
      ]
}

class Acme extends Provider.Service<Acme>()("acme", {
  baseUrl: "https://api.acme.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: {
    rate: {
      core: RateLimit.tokenBucket({ limit: 100, per: "100 seconds" }),
      search: RateLimit.tokenBucket({ limit: 100, per: "100 seconds" })
    },
    learn,
    concurrency: 100
  },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/acme",
  operations: { get: read("get", "core"), find: read("find", "search") }
}) {}

/** The times of the requests after one whose response says `headers`: 3 of `get` and 1 of `find`, all at once. */
const timesAfter = (headers: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const first = {
      ...FakeExchange.json(200, { id: "1" }),
      headers: { "content-type": "application/json", ...headers }
    }
    let answered = 0
    const server = FakeServer.make({
      handle: () => (answered++ === 0 ? first : FakeExchange.json(200, { id: "1" })),
      script: FaultScript.none
    })
    const remaining = yield* Effect.gen(function* () {
      const acme = yield* Acme
      const call = yield* Effect.forkChild(acme.get())
      yield* TestClock.adjust(0)
      yield* Fiber.join(call)
      const left = yield* series("integration.rate_limit.remaining", { "limit.name": "core" })
      const rest = yield* Effect.forEach([acme.get(), acme.get(), acme.get(), acme.find()], (one) =>
        Effect.forkChild(one)
      )
      yield* TestClock.adjust("10 seconds")
      yield* Effect.forEach(rest, Fiber.join)
      return left
    }).pipe(Effect.provide(Acme.layer.pipe(Layer.provide(FakeTransport.layer(server)))))
    const times = (path: string) =>
      server.log.entries.filter((entry) => entry.path === path).map((entry) => entry.atMillis)
    return { remaining, get: times("/get").slice(1), find: times("/find") }
  })

describe("what a response says about a bucket", () => {
  it.effect("that 0 of core remain for 2 s holds 3 calls back by 2 s and spaces them, and no search", () =>
    Effect.gen(function* () {
      const seen = yield* timesAfter({ "x-bucket": "core", "x-remaining": "0", "x-reset": "2" })
      assert.strictEqual(seen.remaining, 0)
      assert.isTrue(
        seen.get.every((at) => at >= 2000),
        String(seen.get)
      )
      assert.deepStrictEqual(seen.find, [0])
    })
  )

  it.effect("that 1 of core remains lets 1 of 3 calls go at once", () =>
    Effect.gen(function* () {
      const seen = yield* timesAfter({ "x-bucket": "core", "x-remaining": "1", "x-reset": "60" })
      assert.strictEqual(seen.remaining, 1)
      assert.deepStrictEqual(seen.get, [0, 1000, 2000])
      assert.deepStrictEqual(seen.find, [0])
    })
  )

  it.effect("that 500 of core remain, or 0 of a bucket that nobody spends from, changes nothing", () =>
    Effect.gen(function* () {
      for (const said of [
        { "x-bucket": "core", "x-remaining": "500", "x-reset": "2" },
        { "x-bucket": "graphql", "x-remaining": "0", "x-reset": "2" }
      ]) {
        const seen = yield* timesAfter(said)
        assert.strictEqual(seen.remaining, 99)
        assert.deepStrictEqual(seen.get, [0, 0, 0])
      }
    })
  )
})
