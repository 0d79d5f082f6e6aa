/**
 * Program: `http.ts CASE URL CONCURRENCY MILLIS`; a turn keeps that many requests in flight for about `MILLIS`
 * milliseconds and gives throughput, latency and processor time.
 */
import type { OpenHttp } from "../cases/Http.ts"
import { takeTurns } from "../harness/Measurement.ts"
import { quantile } from "../harness/Sample.ts"

const [name, url, concurrency, millis] = [
  process.argv[2]!,
  process.argv[3]!,
  Number(process.argv[4]),
  Number(process.argv[5])
]

/** What one turn says. */
export interface Load {
  readonly requests: number
  readonly perSecond: number
  readonly p99Millis: number
  readonly cpuMicrosPerRequest: number
}

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: OpenHttp }
const subject = await open(url)

const { amount, id } = await subject.one()
if (id !== "ch_1" || amount !== 1999) throw new Error(`${name} read ${id} ${amount}`)

const load = async (requests: number): Promise<Load> => {
  const latencies = new Float64Array(requests)
  let at = 0
  const cpu = process.cpuUsage()
  const began = performance.now()
  await subject.run(requests, concurrency, (millis) => void (latencies[at++] = millis))
  const elapsed = performance.now() - began
  const { system, user } = process.cpuUsage(cpu)
  return {
    requests,
    perSecond: (requests / elapsed) * 1_000,
    p99Millis: quantile(latencies, 0.99),
    cpuMicrosPerRequest: (user + system) / requests
  }
}

// Warm, and learn how many requests fit a turn.
let requests = 40 * concurrency
for (let warm = 0; warm < 5; warm++) {
  const { perSecond } = await load(requests)
  requests = Math.ceil(((perSecond / 1_000) * millis) / concurrency) * concurrency
}

await takeTurns(() => load(requests))
