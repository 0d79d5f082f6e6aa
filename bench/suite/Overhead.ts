/**
 * What the full guarded call costs around an operation that does nothing: time and allocated bytes per call, against
 * cockatiel's four policies and against Effect's own parts composed by hand; without a tracer, and where one collects.
 */
import type { Bench } from "../harness/Bench.ts"
import { measure } from "../harness/Child.ts"
import { interleave } from "../harness/Rounds.ts"
import { row } from "../harness/Row.ts"
import { ratio, sample } from "../harness/Sample.ts"

const rounds = 5

/** How many calls a window makes, so that each case takes about a second. */
const calls = {
  "surety-overhead": 400_000,
  "overhead-cockatiel": 80_000,
  "overhead-effect": 25_000,
  "surety-overhead-traced": 200_000,
  "overhead-effect-traced": 25_000,
  "overhead-bare": 500_000
} as const
type Case = keyof typeof calls

const cases = Object.keys(calls) as ReadonlyArray<Case>

const measureOnce = (concurrency: number) => async (name: Case) => {
  const count = calls[name]
  const { collected, value } = await measure<{ readonly nanosPerCall: number }>("programs/overhead.ts", [
    name,
    String(concurrency),
    String(count)
  ])
  return { nanos: value.nanosPerCall, bytes: collected.allocatedBytes / count }
}

const overhead = (name: string, concurrency: number): Bench => ({
  name,
  about: `full guarded call around a no-op, ${concurrency} in flight`,
  run: async () => {
    const results = await interleave(cases, rounds, measureOnce(concurrency))
    const nanos = (of: Case) => results[of].map((round) => round.nanos)
    const bytes = (of: Case) => results[of].map((round) => round.bytes)
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
