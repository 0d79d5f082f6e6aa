/**
 * Program: `import.ts FILE`; its one turn imports a bundle and gives the milliseconds of processor time that the main
 * thread needed, so that a busy machine does not count.
 */
import { pathToFileURL } from "node:url"
import { takeTurns } from "../harness/Measurement.ts"

const url = pathToFileURL(process.argv[2]!).href

await takeTurns(async (): Promise<number> => {
  const before = process.threadCpuUsage()
  await import(url)
  const { system, user } = process.threadCpuUsage(before)
  return (system + user) / 1_000
})
