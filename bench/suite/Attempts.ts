/**
 * No mix of faults makes a call send more requests than its rule allows, copies of a hedge included. Counts, not times:
 * the clock is virtual and the same seeds are drawn on every machine.
 */
import { maximum, requestsPerCall } from "../cases/surety-mixes.ts"
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"

const mixes = 500

export const attempts: Bench = {
  name: "attempts",
  about: `requests per logical call, under ${mixes} mixes of faults`,
  run: async () => {
    const counts: Array<number> = []
    for (let seed = 0; seed < mixes; seed++) counts.push(...(await requestsPerCall(seed)))
    const requests = counts.reduce((sum, count) => sum + count, 0)
    return [
      row("attempts/most-per-call", Math.max(...counts) / maximum, "of the rule", { atMost: 1 }),
      row("attempts/mean-per-call", requests / counts.length, "req/call"),
      row("attempts/calls-at-the-maximum", counts.filter((count) => count === maximum).length, "calls"),
      row("attempts/calls", counts.length, "calls")
    ]
  }
}
