// What no call tells rings all the same: answers that are a fallback, and a shared store that calls go on without.
//
// It rang nowhere: a fallback is good for the objective and has no fault, and under onStoreError "open" no call fails.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { AlertRules } from "@surety/ops"
import { Backoff, Credential, Degradation, Operation, Provider, RateLimit, RetryMatrix } from "surety"
import { ExportProfile, Selector } from "surety/signals"
import { LimiterStore, limiterStore } from "surety/engine/GuardStore"

class Rates extends Provider.Service<Rates>()("acme/MadeUpRates", {
  baseUrl: "https://api.rates.example",
  owner: "team-checkout",
  criticality: "high",
  degradation: Degradation.serve("the rate of yesterday"),
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 1, per: "1 hour" }) }, concurrency: 25 },
  credentials: Credential.none("the service is open"),
  version: { unversioned: "a test", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/rates",
  operations: {
    today: Operation.read("today", {
      timeout: { attempt: "2 seconds", total: "8 seconds" },
      failures: [],
      retry: RetryMatrix.transport(
        Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
      ),
      fallback: Degradation.constant(1),
      attempt: (_currency: string) => Effect.succeed(1.08)
    })
  }
}) {}

/** What has grown of that which an alert's expression asks for by exactly these words. */
const grown = (name: string, asks: string) =>
  Effect.map(Metric.snapshot, (all) => {
    const alert = AlertRules.make(Rates.contract).find((one) => one.name === name)
    const selectors = Selector.within(alert?.expr ?? "").filter(
      (one) => one.name.includes(asks) || one.matchers.some(({ value }) => value === asks)
    )
    let found = 0
    for (const { attributes = {}, id, state } of all) {
      const labels = new Map(Object.entries(ExportProfile.labels("effect", attributes)))
      const names = [id, `${id}_count`].map((one) => one.replaceAll(".", "_"))
      if (!selectors.some((one) => names.some((known) => one.name.startsWith(known)) && Selector.selects(one, labels)))
        continue
      found += (state as { readonly count: number }).count
    }
    return found
  })

const registry = Layer.succeed(Metric.MetricRegistry, new Map())
const ask10 = Effect.gen(function* () {
  const rates = yield* Rates
  for (let i = 0; i < 10; i++) yield* Effect.ignore(rates.today("EUR"))
})

describe("what no call tells", () => {
  it.effect("9 of 10 answers are a fallback, and IntegrationDegraded asks for all of them", () =>
    Effect.gen(function* () {
      yield* ask10
      assert.strictEqual(yield* grown("IntegrationDegraded", "degraded"), 9)
    }).pipe(Effect.provide(Rates.layer.pipe(Layer.provideMerge(registry))))
  )

  it.effect("a store fails 10 times, and IntegrationGuardStoreFailing asks for all of them", () =>
    Effect.gen(function* () {
      yield* ask10
      assert.strictEqual(yield* grown("IntegrationGuardStoreFailing", "guard_store"), 10)
    }).pipe(
      Effect.provide(
        Rates.layer.pipe(
          Layer.provide(Layer.succeed(LimiterStore, limiterStore({ take: () => Effect.fail("down") }))),
          Layer.provideMerge(registry)
        )
      )
    )
  )
})
