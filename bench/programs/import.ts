/**
 * Program: `import.ts FILE` measures what it takes a fresh process to import a bundle: milliseconds of processor time on
 * the main thread, so that a busy machine does not count.
 */
import { pathToFileURL } from "node:url"
import { report } from "../harness/Measurement.ts"

const url = pathToFileURL(process.argv[2]!).href
await report(async () => {
  const before = process.threadCpuUsage()
  await import(url)
  const { system, user } = process.threadCpuUsage(before)
  return (system + user) / 1_000
})
process.exit(0)
