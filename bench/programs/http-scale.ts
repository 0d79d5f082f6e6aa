/**
 * Program: `http-scale.ts CASE URL LOW HIGH`; a turn is a short window of few and one of many requests in flight, over
 * the same connections, and gives the throughput of both. They are neighbours in time, so what else the machine does
 * falls on both.
 */
import type { OpenHttp } from "../cases/Http.ts"
import { takeTurns } from "../harness/Measurement.ts"

const [name, url, low, high] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4]), Number(process.argv[5])]

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

await throughput(low, 20_000)
const perSecond = await throughput(high, 20_000)
const requests = Math.ceil(((perSecond / 1_000) * windowMillis) / high) * high

await takeTurns(async (): Promise<Pair> => [await throughput(low, requests), await throughput(high, requests)])
