/** Program: `http.ts CASE URL CONCURRENCY MILLIS` measures throughput and latency for about `MILLIS` milliseconds. */
import { report } from "../harness/Measurement.ts"
import { quantile } from "../harness/Sample.ts"
import type { OpenHttp } from "../cases/Http.ts"

const [name, url, concurrency, millis] = [
  process.argv[2]!,
  process.argv[3]!,
  Number(process.argv[4]),
  Number(process.argv[5])
]

/** What one window of load says. */
export interface Load {
  readonly requests: number
  readonly perSecond: number
  readonly p50Millis: number
  readonly p99Millis: number
  readonly cpuMicrosPerRequest: number
}

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: OpenHttp }
const subject = await open(url)

const { amount, id } = await subject.one()
if (id !== "ch_1" || amount !== 1999) throw new Error(`${name} read ${id} ${amount}`)

// Warm, and learn how many requests fit the window.
const trial = 40 * concurrency
await subject.run(trial, concurrency, () => {})
const began = performance.now()
await subject.run(trial, concurrency, () => {})
const perMilli = trial / (performance.now() - began)
await subject.run(Math.ceil(perMilli * 600), concurrency, () => {})
const requests = Math.ceil((perMilli * millis) / concurrency) * concurrency
const latencies = new Float64Array(requests)

await report(async (): Promise<Load> => {
  let at = 0
  const cpu = process.cpuUsage()
  const began = performance.now()
  await subject.run(requests, concurrency, (millis) => void (latencies[at++] = millis))
  const elapsed = performance.now() - began
  const { system, user } = process.cpuUsage(cpu)
  return {
    requests,
    perSecond: (requests / elapsed) * 1_000,
    p50Millis: quantile(latencies, 0.5),
    p99Millis: quantile(latencies, 0.99),
    cpuMicrosPerRequest: (user + system) / requests
  }
})
process.exit(0)
