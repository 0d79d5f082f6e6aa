// A redirect's target is never sent the secret, so what it answers says nothing about the secret.
//
// A 401 of the target counted as a refusal of our secret, which was then renewed; its nonce was taken for the provider's.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Credential, Degradation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

class Files extends Provider.Service<Files>()("files", {
  baseUrl: "https://api.files.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.bearer({ scopes: ["files"], rotateEvery: "90 days" }),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/files",
  redirectsTo: ["https://cdn.files.example"],
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/file", { success: Schema.Struct({ id: Schema.String }) }), {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: RetryMatrix.transportNever
    })
  }
}) {}

it.effect("S2: a 401 of the target is its own answer: 0 renewals, 0 nonces, 2 requests", () => {
  const asked: Array<string> = []
  let rejected = 0
  const nonces: Array<string | undefined> = []
  const secret = Redacted.make("sk_live_0123456789")
  const credentials: Credential.Credentials = {
    current: Effect.succeed(secret),
    rejected: () =>
      Effect.sync(() => {
        rejected++
        return { _tag: "Replay", secret: Redacted.make("sk_live_9876543210") } as const
      }),
    answered: ({ headers }) => void nonces.push(headers["dpop-nonce"])
  }
  const transport = Layer.succeed(Transport, {
    send: ({ origin, authorize }, handler) => {
      asked.push(`${origin} ${authorize?.()["authorization"] ?? "-"}`)
      if (origin === "https://api.files.example") handler.onHead(302, { location: "https://cdn.files.example/a" })
      else handler.onHead(401, { "dpop-nonce": "theirs" })
      handler.onEnd()
      return idle
    }
  })
  return Effect.gen(function* () {
    const error = yield* Effect.flip((yield* Files).get())
    assert.deepStrictEqual(asked, [
      "https://api.files.example Bearer sk_live_0123456789",
      "https://cdn.files.example -"
    ])
    assert.strictEqual(rejected, 0)
    assert.deepStrictEqual(nonces, [undefined])
    assert.strictEqual(error._tag === "ContractViolation" && error.violation, "undeclared_status")
  }).pipe(
    Effect.provide(
      Files.layer.pipe(Layer.provide(Layer.merge(Layer.succeed(Files.Credentials, credentials), transport)))
    )
  )
})
