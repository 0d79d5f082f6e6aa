/** The provider answers 503 at once for ten seconds, while 200 calls a second keep coming. */
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"
import { endureAll, peers, type Scenario, worst } from "./Storm.ts"

const ours = "surety-storm"
const oursByBudget = "surety-storm-budget"

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
    const runs = await endureAll([ours, ours, ours, oursByBudget], scenario)
    const full = runs.filter(([name]) => name === ours).map(([, outcome]) => outcome)
    const budget = runs.filter(([name]) => name === oursByBudget).map(([, outcome]) => outcome)
    const others = await endureAll(peers, scenario)
    return [
      row("outage/requests-per-call", worst(full, "requestsPerCall"), "req/call", { atMost: 0.05 }),
      row("outage/recovery", worst(full, "recoveryMillis"), "ms", { atMost: 500 }),
      row("outage/peak", worst(full, "peak"), "of normal", { atMost: 1.2 }),
      row("outage/requests-per-call budget alone", worst(budget, "requestsPerCall"), "req/call", { atMost: 1.1 }),
      row("outage/recovery budget alone", worst(budget, "recoveryMillis"), "ms", { atMost: 500 }),
      row("outage/peak budget alone", worst(budget, "peak"), "of normal", { atMost: 1.2 }),
      row("outage/failed-after surety", worst(full, "failedAfter"), "calls"),
      ...others.flatMap(([name, of]) => [
        row(`outage/requests-per-call ${name}`, of.requestsPerCall, "req/call"),
        row(`outage/recovery ${name}`, of.recoveryMillis, "ms"),
        row(`outage/peak ${name}`, of.peak, "of normal")
      ])
    ]
  }
}
