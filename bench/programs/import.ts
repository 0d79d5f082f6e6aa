/**
 * Program: `import.ts FILE`; its one turn imports a bundle and gives the milliseconds it took. Processor time would
 * ignore what else the machine does, but is counted in steps of 4 ms.
 */
import { pathToFileURL } from "node:url"
import { takeTurns } from "../harness/Measurement.ts"

const url = pathToFileURL(process.argv[2]!).href

await takeTurns(async (): Promise<number> => {
  const began = performance.now()
  await import(url)
  return performance.now() - began
})
