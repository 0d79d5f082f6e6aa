/**
 * The provider can serve 260 calls a second and gets 200. Then it stands still for three seconds. Clients that repeat
 * what timed out keep it busy with work that nobody waits for: it never catches up.
 */
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"
import { endure, endureAll, peers, type Scenario } from "./Storm.ts"

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
    const ours = await endure("surety-storm", scenario)
    const others = await endureAll(peers, scenario)
    return [
      row("overload/recovery", ours.recoveryMillis, "ms", { atMost: 1_200 }),
      row("overload/peak", ours.peak, "of normal", { atMost: 1.2 }),
      row("overload/wasted", ours.wasted, "requests", { atMost: 250 }),
      row("overload/failed-after surety-storm", ours.failedAfter, "calls"),
      ...others.flatMap(([name, of]) => [
        row(`overload/recovery ${name}`, of.recoveryMillis, "ms"),
        row(`overload/peak ${name}`, of.peak, "of normal"),
        row(`overload/wasted ${name}`, of.wasted, "requests"),
        row(`overload/failed-after ${name}`, of.failedAfter, "calls")
      ])
    ]
  }
}
