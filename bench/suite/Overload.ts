/**
 * The provider can serve 260 calls a second and gets 200. Then it stands still for three seconds. Clients that repeat
 * what timed out keep it busy with work that nobody waits for: it never catches up.
 */
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"
import { endureAll, peers, type Scenario, worst } from "./Storm.ts"

const ours = "surety-storm"
const oursUnbounded = "surety-storm-unbounded"

const scenario: Scenario = {
  server: "servers/overload.ts",
  beforeMillis: 2_000,
  duringMillis: 3_000,
  afterMillis: 30_000
}

export const overload: Bench = {
  name: "overload",
  about: "a 3 s stall at 77 % utilisation, attempts of 1 s, observed for 30 s",
  run: async () => {
    const runs = await endureAll([ours, ours, oursUnbounded, oursUnbounded], scenario)
    const bounded = runs.filter(([name]) => name === ours).map(([, outcome]) => outcome)
    const unbounded = runs.filter(([name]) => name === oursUnbounded).map(([, outcome]) => outcome)
    const others = await endureAll(peers, scenario)
    return [
      row("overload/recovery", worst(bounded, "recoveryMillis"), "ms", { atMost: 1_200 }),
      row("overload/peak", worst(bounded, "peak"), "of normal", { atMost: 1.2 }),
      row("overload/wasted", worst(bounded, "wasted"), "requests", { atMost: 250 }),
      row("overload/recovery without bulkhead", worst(unbounded, "recoveryMillis"), "ms", { atMost: 1_200 }),
      row("overload/peak without bulkhead", worst(unbounded, "peak"), "of normal", { atMost: 1.2 }),
      row("overload/wasted without bulkhead", worst(unbounded, "wasted"), "requests", { atMost: 250 }),
      row("overload/failed-after surety", worst(bounded, "failedAfter"), "calls"),
      ...others.flatMap(([name, of]) => [
        row(`overload/recovery ${name}`, of.recoveryMillis, "ms"),
        row(`overload/peak ${name}`, of.peak, "of normal"),
        row(`overload/wasted ${name}`, of.wasted, "requests"),
        row(`overload/failed-after ${name}`, of.failedAfter, "calls")
      ])
    ]
  }
}
