/**
 * Program: `overhead.ts CASE CONCURRENCY CALLS` measures one overhead case and sends nanoseconds per call.
 *
 * Time is what the main thread spent on a processor: nothing here waits, and a busy machine does not count.
 */
import { report } from "../harness/Measurement.ts"
import { median } from "../harness/Sample.ts"
import type { Overhead } from "../cases/Overhead.ts"

const [name, concurrency, calls] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: () => Promise<Overhead> }
const subject = await open()

const windows = 10
for (let warm = 0; warm < 3; warm++) await subject.run(calls / 3, concurrency)

await report(async () => {
  const nanosPerCall: Array<number> = []
  for (let window = 0; window < windows; window++) {
    const before = process.threadCpuUsage()
    await subject.run(calls / windows, concurrency)
    const { system, user } = process.threadCpuUsage(before)
    nanosPerCall.push(((user + system) * 1_000) / (calls / windows))
  }
  return { nanosPerCall: median(nanosPerCall) }
})
process.exit(0)
