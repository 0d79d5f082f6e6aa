/**
 * A provider call over loopback HTTP: full policy and Schema decoding, against Effect's bare client with Schema and
 * against `undici.request` with nothing. The server answers canned bytes from its own process.
 */
import type { Load } from "../programs/http.ts"
import type { Pair } from "../programs/http-scale.ts"
import type { Bench } from "../harness/Bench.ts"
import { type Measured, measure, serve } from "../harness/Child.ts"
import { interleave } from "../harness/Rounds.ts"
import { type Row, row } from "../harness/Row.ts"
import { ratio, sample } from "../harness/Sample.ts"

const rounds = 5
const windowMillis = 2_000

type Rounds = ReadonlyArray<Measured<Load>>

const perSecond = (of: Rounds) => of.map(({ value }) => value.perSecond)
const p99 = (of: Rounds) => of.map(({ value }) => value.p99Millis)
const promoted = (of: Rounds) => of.map(({ collected, value }) => collected.promotedBytes / value.requests)
const allocated = (of: Rounds) => of.map(({ collected, value }) => collected.allocatedBytes / value.requests)
const cpu = (of: Rounds) => of.map(({ value }) => value.cpuMicrosPerRequest)

/** Measures `case concurrency` pairs in turn against one server. */
const measureAll = async <Name extends string>(names: ReadonlyArray<Name>): Promise<Readonly<Record<Name, Rounds>>> => {
  const server = await serve("servers/canned.ts")
  try {
    return await interleave(names, rounds, (name) => {
      const [of, concurrency] = name.split(" ") as [string, string]
      return measure<Load>("programs/http.ts", [of, server.url, concurrency, String(windowMillis)])
    })
  } finally {
    server.close()
  }
}

const details = (bench: string, results: Readonly<Record<string, Rounds>>): ReadonlyArray<Row> =>
  Object.entries(results).flatMap(([name, of]) => [
    row(`${bench}/throughput ${name}`, sample(perSecond(of)), "req/s"),
    row(`${bench}/p99 ${name}`, sample(p99(of)), "ms"),
    row(`${bench}/cpu ${name}`, sample(cpu(of)), "us/req"),
    row(`${bench}/allocated ${name}`, sample(allocated(of)), "B/req"),
    row(`${bench}/promoted ${name}`, sample(promoted(of)), "B/req")
  ])

export const httpX50: Bench = {
  name: "http-x50",
  about: "a provider call over loopback, 50 in flight",
  run: async () => {
    const results = await measureAll(["surety-http 50", "http-undici 50", "http-effect 50"])
    const { "http-effect 50": effect, "http-undici 50": raw, "surety-http 50": ours } = results
    return [
      row("http-x50/throughput-vs-effect", ratio(perSecond(ours), perSecond(effect)), "ratio", { atLeast: 2.2 }),
      row("http-x50/throughput-vs-undici", ratio(perSecond(ours), perSecond(raw)), "ratio", { atLeast: 0.85 }),
      row("http-x50/p99-vs-undici", ratio(p99(ours), p99(raw)), "ratio", { atMost: 1.5 }),
      row("http-x50/promoted", sample(promoted(ours)), "B/req", { atMost: 500 }),
      ...details("http-x50", results)
    ]
  }
}

/** What is left of the throughput of 50 in flight with 500. */
const scale = async (url: string, name: string) => {
  const { value } = await measure<ReadonlyArray<Pair>>("programs/http-scale.ts", [name, url, "50", "500"])
  return value
}

export const httpX500: Bench = {
  name: "http-x500",
  about: "a provider call over loopback, 500 in flight against 50",
  run: async () => {
    const server = await serve("servers/canned.ts")
    try {
      const { "http-undici": raw, "surety-http": ours } = await interleave(["surety-http", "http-undici"], 3, (name) =>
        scale(server.url, name)
      )
      const low = (of: ReadonlyArray<ReadonlyArray<Pair>>) => of.flat().map(([few]) => few)
      const high = (of: ReadonlyArray<ReadonlyArray<Pair>>) => of.flat().map(([, many]) => many)
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
