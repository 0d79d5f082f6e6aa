// A key that the provider refuses is seen in what is exported: one refusal for each call that was refused for good, and none for
// a call that a renewal made good.
//
// A declared 401 is the caller's fault, and a fallback makes a good call of one that is not declared: no objective saw either,
// a fixed key has no series of its own, and a renewal succeeds while the provider refuses what it brought.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric, Redacted, Schema } from "effect"
import { HttpApiEndpoint } from "effect/http-api"
import { AlertRules } from "@surety/ops"
import { Backoff, Credential, Degradation, Failure, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import { Lifecycle, StaticSource } from "surety/credential"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"

class Unauthorized extends Failure.Tagged<Unauthorized>()("Unauthorized", { retry: "never", fault: "caller" }) {}

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const timeout = { attempt: "2 seconds", total: "8 seconds" } as const
const success = Schema.Struct({ perEuro: Schema.Number })

class Rates extends Provider.Service<Rates>()("acme/RefusedRates", {
  baseUrl: "https://api.rates.example",
  owner: "team-checkout",
  criticality: "high",
  degradation: Degradation.serve("a rate of one"),
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 25 },
  credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
  version: { unversioned: "a test", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/rates",
  operations: {
    declared: HttpOperation.read(HttpApiEndpoint.get("declared", "/v1/declared", { success }), {
      failures: [Unauthorized.wire(401)],
      timeout,
      retry: { ...RetryMatrix.transport(quick), Unauthorized: Backoff.never }
    }),
    fallen: HttpOperation.read(HttpApiEndpoint.get("fallen", "/v1/fallen", { success }), {
      failures: [],
      timeout,
      retry: RetryMatrix.transport(quick),
      fallback: Degradation.constant({ perEuro: 1 })
    })
  }
}) {}

const acceptingOnly = (good: string) =>
  FakeServer.make({
    handle: ({ headers }) =>
      headers["authorization"] === `Bearer ${good}`
        ? FakeExchange.json(200, { perEuro: 1.08 })
        : FakeExchange.json(401, { error: "invalid key" })
  })

/** What the alert counts: answers of 401 without those that were sent again, and everything without those. */
const counted = Effect.map(Metric.snapshot, (all) => {
  const sum = (id: string, attribute: string, value: string | undefined): number =>
    all
      .filter((one) => one.id === id && (value === undefined || one.attributes?.[attribute] === value))
      .reduce((total, { state }) => total + Number((state as { readonly count: number | bigint }).count), 0)
  const replays = sum("integration.attempts", "attempt.type", "auth_replay")
  const answers = (status?: string): number => sum("http.client.request.duration", "http.response.status_code", status)
  return { refused: answers("401") - replays, sent: answers() - replays }
})

const ended = (calls: number) =>
  Effect.gen(function* () {
    const rates = yield* Rates
    for (let i = 0; i < calls; i++) {
      yield* Effect.ignore(rates.declared())
      yield* rates.fallen()
    }
    return yield* counted
  })

const fresh = Layer.succeed(Metric.MetricRegistry, new Map())

describe("a key that the provider refuses", () => {
  it("has an alert that pages, whoever keeps it", () => {
    for (const credential of ["fixed", "managed"] as const) {
      const alerts = AlertRules.make(Rates.contract, { credential })
      const found = alerts.filter(({ name }) => name === "IntegrationCredentialRefused")
      assert.deepStrictEqual(
        found.map(({ labels }) => labels["severity"]),
        ["page"]
      )
    }
  })

  it.effect("counts 6 of 6 calls with a fixed key, declared or behind a fallback", () =>
    Effect.provide(
      Effect.map(ended(3), (found) => assert.deepStrictEqual(found, { refused: 6, sent: 6 })),
      Rates.layer.pipe(
        Layer.provide([Rates.Credentials.layer(Redacted.make("old")), FakeTransport.layer(acceptingOnly("new"))]),
        Layer.provideMerge(fresh)
      )
    )
  )

  it.effect("counts none of 6 calls when the renewed key is taken", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: Redacted.make("old") })
      const layer = Rates.layer.pipe(
        Layer.provide([Lifecycle.layer(Rates, source), FakeTransport.layer(acceptingOnly("new"))]),
        Layer.provideMerge(fresh)
      )
      const found = yield* Effect.provide(
        Effect.andThen(
          Effect.andThen(Rates, () => source.replace(Redacted.make("new"))),
          ended(3)
        ),
        layer
      )
      assert.deepStrictEqual(found, { refused: 0, sent: 6 })
    })
  )

  it.effect("counts 6 of 6 calls when the renewed key is refused too, each once", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: Redacted.make("old") })
      const layer = Rates.layer.pipe(
        Layer.provide([Lifecycle.layer(Rates, source), FakeTransport.layer(acceptingOnly("another"))]),
        Layer.provideMerge(fresh)
      )
      const found = yield* Effect.provide(
        Effect.andThen(
          Effect.andThen(Rates, () => source.replace(Redacted.make("new"))),
          ended(3)
        ),
        layer
      )
      assert.deepStrictEqual(found, { refused: 6, sent: 6 })
    })
  )
})
