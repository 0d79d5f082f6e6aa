/**
 * A provider call over loopback HTTP: full policy and Schema decoding, against Effect's bare client with Schema and
 * against `undici.request` with nothing. The server answers canned bytes from its own process.
 */
import type { Load } from "../programs/http.ts"
import type { Pair } from "../programs/http-scale.ts"
import type { Bench } from "../harness/Bench.ts"
import { serve } from "../harness/Child.ts"
import type { Collected } from "../harness/Collector.ts"
import { interleave, type Results } from "../harness/Rounds.ts"
import { type Row, row } from "../harness/Row.ts"
import { ratio, sample } from "../harness/Sample.ts"

const turnMillis = 250

const perSecond = (of: Results<Load>) => of.turns.map((turn) => turn.perSecond)
const p99 = (of: Results<Load>) => of.turns.map((turn) => turn.p99Millis)
const cpu = (of: Results<Load>) => of.turns.map((turn) => turn.cpuMicrosPerRequest)
const bytes = (of: Results<Load>, which: keyof Collected) =>
  of.sets.map(({ collected, turns }) => collected[which] / turns.reduce((sum, { requests }) => sum + requests, 0))

const details = (bench: string, name: string, of: Results<Load>): ReadonlyArray<Row> => [
  row(`${bench}/throughput ${name}`, sample(perSecond(of)), "req/s"),
  row(`${bench}/p99 ${name}`, sample(p99(of)), "ms"),
  row(`${bench}/cpu ${name}`, sample(cpu(of)), "us/req"),
  row(`${bench}/allocated ${name}`, sample(bytes(of, "allocatedBytes")), "B/req"),
  row(`${bench}/promoted ${name}`, sample(bytes(of, "promotedBytes")), "B/req")
]

export const httpX50: Bench = {
  name: "http-x50",
  about: "a provider call over loopback, 50 in flight",
  run: async () => {
    const server = await serve("servers/canned.ts")
    try {
      const {
        "http-effect": effect,
        "http-undici": raw,
        "surety-http": ours
      } = await interleave<"surety-http" | "http-undici" | "http-effect", Load>(
        ["surety-http", "http-undici", "http-effect"],
        { sets: 3, turns: 10 },
        "programs/http.ts",
        (name) => [name, server.url, "50", String(turnMillis)]
      )
      return [
        row("http-x50/throughput-vs-effect", ratio(perSecond(ours), perSecond(effect)), "ratio", { atLeast: 2.2 }),
        row("http-x50/throughput-vs-undici", ratio(perSecond(ours), perSecond(raw)), "ratio", { atLeast: 0.85 }),
        row("http-x50/p99-vs-undici", ratio(p99(ours), p99(raw)), "ratio", { atMost: 1.5 }),
        row("http-x50/promoted", sample(bytes(ours, "promotedBytes")), "B/req", { atMost: 500 }),
        ...details("http-x50", "surety", ours),
        ...details("http-x50", "undici", raw),
        ...details("http-x50", "effect", effect)
      ]
    } finally {
      server.close()
    }
  }
}

export const httpX500: Bench = {
  name: "http-x500",
  about: "a provider call over loopback, 500 in flight against 50",
  run: async () => {
    const server = await serve("servers/canned.ts")
    try {
      const { "http-undici": raw, "surety-http": ours } = await interleave<"surety-http" | "http-undici", Pair>(
        ["surety-http", "http-undici"],
        { sets: 3, turns: 10 },
        "programs/http-scale.ts",
        (name) => [name, server.url, "50", "500"]
      )
      const low = (of: Results<Pair>) => of.turns.map(([few]) => few)
      const high = (of: Results<Pair>) => of.turns.map(([, many]) => many)
      return [
        row("http-x500/throughput-vs-x50", ratio(high(ours), low(ours)), "ratio", { atLeast: 0.9 }),
        row("http-x500/throughput surety-http 500", sample(high(ours)), "req/s"),
        row("http-x500/throughput surety-http 50", sample(low(ours)), "req/s"),
        row("http-x500/throughput-vs-x50 http-undici", ratio(high(raw), low(raw)), "ratio"),
        row("http-x500/throughput http-undici 500", sample(high(raw)), "req/s")
      ]
    } finally {
      server.close()
    }
  }
}
