/**
 * Program: `overhead.ts CASE CONCURRENCY CALLS`; a turn makes that many calls and gives nanoseconds per call.
 *
 * Time is what the main thread spent on a processor: nothing here waits, and a busy machine does not count.
 */
import type { Overhead } from "../cases/Overhead.ts"
import { takeTurns } from "../harness/Measurement.ts"

const [name, concurrency, calls] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: () => Promise<Overhead> }
const subject = await open()

for (let warm = 0; warm < 6; warm++) await subject.run(calls, concurrency)

await takeTurns(async (): Promise<number> => {
  const before = process.threadCpuUsage()
  await subject.run(calls, concurrency)
  const { system, user } = process.threadCpuUsage(before)
  return ((user + system) * 1_000) / calls
})
