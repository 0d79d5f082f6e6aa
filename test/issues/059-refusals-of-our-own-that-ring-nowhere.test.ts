// What our own limits refuse counts for the objective and is not bad: it is seen by an alert of its own.
//
// It was seen by none: nine of ten calls were refused here, no budget burned, no circuit opened, and nothing rang.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { AlertRules } from "@surety/ops"
import { Backoff, Credential, Degradation, Operation, Provider, RateLimit, RetryMatrix } from "surety"
import { ExportProfile, Selector } from "surety/signals"

class Rates extends Provider.Service<Rates>()("acme/RationedRates", {
  baseUrl: "https://api.rates.example",
  owner: "team-checkout",
  criticality: "high",
  degradation: Degradation.fail,
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
      attempt: (_currency: string) => Effect.succeed(1.08)
    })
  }
}) {}

/** Of how many calls each alert's expression asks for what is bad in them, by name. */
const asked = Effect.map(Metric.snapshot, (all) => {
  const found: Record<string, number> = {}
  for (const { expr, name } of AlertRules.make(Rates.contract)) {
    // what a rule takes away from all calls is not what it rings for
    const selectors = Selector.within(expr).filter(({ matchers }) =>
      matchers.some(({ label, operator }) => label === "error_fault" && operator !== "!~" && operator !== "!=")
    )
    for (const { attributes = {}, id, state } of all) {
      if (id !== "integration.operation.duration") continue
      const labels = new Map(Object.entries(ExportProfile.labels("effect", attributes)))
      if (!selectors.some((one) => Selector.selects(one, labels))) continue
      found[name] = (found[name] ?? 0) + (state as { readonly count: number }).count
    }
  }
  return found
})

describe("calls that our own limits refuse", () => {
  it.effect("are 9 of 10, and one alert asks for all of them", () =>
    Effect.gen(function* () {
      const rates = yield* Rates
      for (let i = 0; i < 10; i++) yield* Effect.ignore(rates.today("EUR"))
      assert.deepStrictEqual(yield* asked, { IntegrationLocalFault: 9 })
    }).pipe(Effect.provide(Rates.layer.pipe(Layer.provideMerge(Layer.succeed(Metric.MetricRegistry, new Map())))))
  )
})
