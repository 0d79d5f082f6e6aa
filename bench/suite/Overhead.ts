/**
 * What the full guarded call costs around an operation that does nothing: time and allocated bytes per call, against
 * cockatiel's four policies and against Effect's own parts composed by hand; without a tracer, and where one collects.
 */
import type { Bench } from "../harness/Bench.ts"
import { interleave } from "../harness/Rounds.ts"
import { row } from "../harness/Row.ts"
import { ratio, sample } from "../harness/Sample.ts"

const plan = { sets: 3, turns: 8 }

/** How many calls a turn makes, so that each case takes about a tenth of a second. */
const calls = {
  "surety-overhead": 60_000,
  "overhead-cockatiel": 10_000,
  "overhead-effect": 4_000,
  "surety-overhead-traced": 30_000,
  "overhead-effect-traced": 4_000,
  "overhead-bare": 200_000
} as const
type Case = keyof typeof calls

const cases = Object.keys(calls) as ReadonlyArray<Case>

const overhead = (name: string, concurrency: number): Bench => ({
  name,
  about: `full guarded call around a no-op, ${concurrency} in flight`,
  run: async () => {
    const results = await interleave<Case, number>(cases, plan, "programs/overhead.ts", (of) => [
      of,
      String(concurrency),
      String(calls[of])
    ])
    const nanos = (of: Case) => results[of].turns
    const bytes = (of: Case) =>
      results[of].sets.map(({ collected, turns }) => collected.allocatedBytes / (calls[of] * turns.length))
    const time = (of: Case, against: Case) => ratio(nanos(of), nanos(against))
    const space = (of: Case, against: Case) => ratio(bytes(of), bytes(against))
    const [ours, traced] = ["surety-overhead", "surety-overhead-traced"] as const
    const [fifth, half, twelfth] = [{ atMost: 1 / 5 }, { atMost: 1 / 2 }, { atMost: 0.0833 }]
    return [
      row(`${name}/time-vs-cockatiel`, time(ours, "overhead-cockatiel"), "ratio", fifth),
      row(`${name}/bytes-vs-cockatiel`, space(ours, "overhead-cockatiel"), "ratio", half),
      row(`${name}/time-vs-effect`, time(ours, "overhead-effect"), "ratio", twelfth),
      row(`${name}/time-vs-cockatiel traced`, time(traced, "overhead-cockatiel"), "ratio", fifth),
      row(`${name}/bytes-vs-cockatiel traced`, space(traced, "overhead-cockatiel"), "ratio", half),
      row(`${name}/time-vs-effect traced`, time(traced, "overhead-effect-traced"), "ratio", twelfth),
      ...cases.flatMap((of) => [
        row(`${name}/time ${of}`, sample(nanos(of)), "ns/call"),
        row(`${name}/bytes ${of}`, sample(bytes(of)), "B/call")
      ])
    ]
  }
})

export const overheadX1 = overhead("overhead-x1", 1)
export const overheadX1000 = overhead("overhead-x1000", 1_000)
