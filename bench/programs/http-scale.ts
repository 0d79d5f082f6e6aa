/**
 * Program: `http-scale.ts CASE URL LOW HIGH` alternates short windows of few and of many requests in flight, over the
 * same connections, and sends the throughput of each pair. Windows of a pair are neighbours in time, so what else the
 * machine does falls on both.
 */
import type { OpenHttp } from "../cases/Http.ts"
import { report } from "../harness/Measurement.ts"

const [name, url, low, high] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4]), Number(process.argv[5])]

const pairs = 10
const windowMillis = 200

/** Requests per second with few and with many in flight. */
export type Pair = readonly [low: number, high: number]

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: OpenHttp }
const subject = await open(url)

const throughput = async (concurrency: number, requests: number): Promise<number> => {
  const began = performance.now()
  await subject.run(requests, concurrency, () => {})
  return (requests / (performance.now() - began)) * 1_000
}

let perSecond = await throughput(low, 20_000)
perSecond = await throughput(high, 20_000)
const requests = Math.ceil(((perSecond / 1_000) * windowMillis) / high) * high

await report(async () => {
  const found: Array<Pair> = []
  for (let pair = 0; pair < pairs; pair++)
    found.push([await throughput(low, requests), await throughput(high, requests)])
  return found
})
process.exit(0)
