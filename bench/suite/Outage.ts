/** The provider answers 503 at once for ten seconds, while 200 calls a second keep coming. */
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"
import { endure, endureAll, peers, type Scenario } from "./Storm.ts"

const scenario: Scenario = {
  server: "servers/outage.ts",
  beforeMillis: 2_000,
  duringMillis: 10_000,
  afterMillis: 5_000
}

export const outage: Bench = {
  name: "outage",
  about: "10 s of 503 at 200 calls/s, open loop, real HTTP",
  run: async () => {
    const budget = await endure("surety-storm-budget", scenario)
    const breaker = await endure("surety-storm", scenario)
    const others = await endureAll(peers, scenario)
    return [
      row("outage/requests-per-call budget alone", budget.requestsPerCall, "req/call", { atMost: 1.1 }),
      row("outage/requests-per-call", breaker.requestsPerCall, "req/call", { atMost: 0.05 }),
      row("outage/recovery", breaker.recoveryMillis, "ms", { atMost: 500 }),
      row("outage/peak", breaker.peak, "of normal", { atMost: 1.2 }),
      row("outage/recovery budget alone", budget.recoveryMillis, "ms", { atMost: 500 }),
      row("outage/peak budget alone", budget.peak, "of normal", { atMost: 1.2 }),
      row("outage/failed-after surety-storm", breaker.failedAfter, "calls"),
      ...others.flatMap(([name, of]) => [
        row(`outage/requests-per-call ${name}`, of.requestsPerCall, "req/call"),
        row(`outage/recovery ${name}`, of.recoveryMillis, "ms"),
        row(`outage/peak ${name}`, of.peak, "of normal")
      ])
    ]
  }
}
