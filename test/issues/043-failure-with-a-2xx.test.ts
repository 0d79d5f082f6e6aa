// A failure that is declared for a 2xx has no secret of ours in it either.
//
// Only other statuses were searched; a 207, or a 202 beside a success with another status, is a failure all the same.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Backoff, Credential, Degradation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport } from "surety/http/Transport"
import { Declined, idle } from "./Shop.ts"

class Bulk extends Provider.Service<Bulk>()("tests/Bulk", {
  baseUrl: "https://api.bulk.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/bulk",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/a", { success: Schema.Struct({ id: Schema.String }) }), {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [Declined.wire(207)],
      retry: { ...RetryMatrix.transportNever, Declined: Backoff.never }
    })
  }
}) {}

const answering = (status: number, body: object) =>
  Layer.succeed(Transport, {
    send: (_, handler) => {
      handler.onHead(status, { "content-type": "application/json" })
      handler.onData(new TextEncoder().encode(JSON.stringify(body)))
      handler.onEnd()
      return idle
    }
  })
const over = (transport: Layer.Layer<Transport>) =>
  Bulk.layer.pipe(Layer.provide(Layer.merge(Bulk.Credentials.layer(Redacted.make("sk_live_0123456789")), transport)))

it.effect("S15: a 207 that quotes the key is Declined without it", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip((yield* Bulk).get())
    assert.strictEqual(error._tag === "Declined" && error.detail, "not for <redacted>")
  }).pipe(Effect.provide(over(answering(207, { detail: "not for sk_live_0123456789" }))))
)

it.effect("a 200 goes to the caller as it is", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* (yield* Bulk).get(), { id: "sk_live_0123456789" })
  }).pipe(Effect.provide(over(answering(200, { id: "sk_live_0123456789" }))))
)
