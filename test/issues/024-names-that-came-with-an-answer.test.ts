// A contract violation says where an answer broke its schema in the schema's own words.
//
// The path held the keys of a record, which are a part of the answer: a provider that answered 200 with our key as a name
// put it into the error.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Credential, Degradation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { FakeServer, FakeTransport } from "surety/testing"
import * as Layer from "effect/Layer"

const guarded = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [],
  retry: RetryMatrix.transportNever
} as const

class Counts extends Provider.Service<Counts>()("counts", {
  baseUrl: "https://api.counts.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/counts",
  operations: {
    get: HttpOperation.read(
      HttpApiEndpoint.get("get", "/counts", {
        success: Schema.Struct({
          list: Schema.Array(Schema.Struct({ by: Schema.Record(Schema.String, Schema.Struct({ count: Schema.Int })) }))
        })
      }),
      guarded
    )
  }
}) {}

it.effect("writes .list[1].by.*.count for the second element's record", () =>
  Effect.gen(function* () {
    const list = [{ by: {} }, { by: { sk_canary_7f3a91c2: { count: "many" } } }]
    const server = FakeServer.make({
      handle: () => ({ status: 200, body: JSON.stringify({ list }), headers: { "content-type": "application/json" } })
    })
    const error = yield* Effect.flip(Effect.flatMap(Counts, (counts) => counts.get())).pipe(
      Effect.provide(Counts.layer.pipe(Layer.provide(FakeTransport.layer(server))))
    )
    assert.strictEqual(error._tag === "ContractViolation" && error.path, ".list[1].by.*.count")
  })
)
