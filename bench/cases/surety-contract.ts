/** What every contract of the benches shares: the guards at their defaults, limits out of the way of the load. */
import * as Backoff from "surety/Backoff"
import * as Degradation from "surety/Degradation"
import * as RateLimit from "surety/RateLimit"

export const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

export const shared = {
  owner: "team-bench",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  version: { unversioned: "the bench's own server", reviewBy: "2027-06-01" },
  runbook: "https://runbooks.example/bench"
} as const

/** A bucket that is counted on every call and never runs dry. */
export const ample = { requests: RateLimit.tokenBucket({ limit: 1_000_000_000, per: "1 second" }) }
