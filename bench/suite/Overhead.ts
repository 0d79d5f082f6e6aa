/**
 * What the full guarded call costs around an operation that does nothing: time and allocated bytes per call, against
 * cockatiel's four policies and against Effect's own parts composed by hand.
 */
import type { Bench } from "../harness/Bench.ts"
import { measure } from "../harness/Child.ts"
import { interleave } from "../harness/Rounds.ts"
import { row } from "../harness/Row.ts"
import { ratio, sample } from "../harness/Sample.ts"

const rounds = 5

/** How many calls a window makes, so that each case takes about a second. */
const calls = {
  "surety-overhead": 300_000,
  "overhead-cockatiel": 90_000,
  "overhead-effect": 45_000,
  "overhead-bare": 900_000
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
    return [
      row(`${name}/time-vs-cockatiel`, ratio(nanos("surety-overhead"), nanos("overhead-cockatiel")), "ratio", {
        atMost: 1 / 5
      }),
      row(`${name}/bytes-vs-cockatiel`, ratio(bytes("surety-overhead"), bytes("overhead-cockatiel")), "ratio", {
        atMost: 1 / 2
      }),
      row(`${name}/time-vs-effect`, ratio(nanos("surety-overhead"), nanos("overhead-effect")), "ratio", {
        atMost: Number((1 / 12).toFixed(4))
      }),
      ...cases.flatMap((of) => [
        row(`${name}/time ${of}`, sample(nanos(of)), "ns/call"),
        row(`${name}/bytes ${of}`, sample(bytes(of)), "B/call")
      ])
    ]
  }
})

export const overheadX1 = overhead("overhead-x1", 1)
export const overheadX1000 = overhead("overhead-x1000", 1_000)
