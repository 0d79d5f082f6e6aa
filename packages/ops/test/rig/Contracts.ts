/** The contracts that rules are proven for: two real providers, and a small one of each criticality. */
import * as Effect from "effect/Effect"
import { Github } from "@surety/github"
import { Stripe } from "@surety/stripe"
import {
  Backoff,
  type Contract,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

const timeout = { attempt: "1 second", total: "8 seconds" } as const

/** Reads only, no limit, no credential: the fewest alerts that a contract can have. */
const weather = (criticality: Contract.Any["criticality"]): Contract.Any =>
  Provider.make(`acme/Weather ${criticality}`, {
    baseUrl: "https://api.weather.example",
    owner: "team-sky",
    criticality,
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
    limits: { rate: RateLimit.unlimited("the provider publishes none"), concurrency: 4 },
    credentials: Credential.none("the service is open"),
    version: { unversioned: "the service has one version", reviewBy: "2027-04-01" },
    runbook: "https://runbooks.example/weather",
    operations: {
      today: Operation.read("today", {
        timeout,
        failures: [],
        retry: RetryMatrix.transport(quick),
        attempt: (_city: string) => Effect.succeed("rain")
      })
    }
  })

/** A key that is refused by other means than a 401. */
class KeyRevoked extends Failure.Tagged<KeyRevoked>()("KeyRevoked", {
  retry: "never",
  fault: "local",
  credential: "rejected"
}) {}

/**
 * Everything at once: names with signs in them, a key, quotas, one of them paced, a spacing bucket, a burst below its limit, two percentiles, a
 * weekly objective, a fallback.
 */
const orders: Contract.Any = Provider.make('acme/Orders "EU"', {
  baseUrl: "https://api.orders.example/v2",
  owner: 'team "orders"',
  criticality: "critical",
  degradation: Degradation.serve("orders look as if they were on their way"),
  slo: { availability: 0.9, latency: { p50: "1 second", "p99.9": "5 seconds" }, window: "7 days" },
  limits: {
    rate: {
      requests: RateLimit.tokenBucket({ limit: 100, per: "1 second", burst: 20 }),
      "daily.total": RateLimit.tokenBucket({ limit: 10_000, per: "1 day" }),
      hourly: RateLimit.tokenBucket({ limit: 1000, per: "1 hour" }),
      paced: RateLimit.tokenBucket({ limit: 2400, per: "1 day", burst: 100 }),
      writes: RateLimit.tokenBucket({ limit: 1, per: "1 second" })
    },
    concurrency: 4
  },
  credentials: Credential.bearer({ name: "orders-key", scopes: [], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "7", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/orders",
  operations: {
    place: Operation.mutation("place", {
      timeout,
      failures: [KeyRevoked],
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "1 day" }),
      retry: { ...RetryMatrix.transport(quick), KeyRevoked: Backoff.never },
      attempt: (_order: string) => Effect.succeed("placed")
    }),
    find: Operation.read("find", {
      timeout,
      failures: [],
      retry: RetryMatrix.transport(quick),
      fallback: Degradation.constant("on its way"),
      attempt: (_order: string) => Effect.succeed("placed")
    })
  }
})

export const local: Readonly<Record<Contract.Any["criticality"], Contract.Any>> = {
  critical: orders,
  high: weather("high"),
  medium: weather("medium"),
  low: weather("low")
}

export const all: ReadonlyArray<Contract.Any> = [Stripe.contract, Github.contract, ...Object.values(local)]
