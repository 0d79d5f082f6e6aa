/** Program: `import.ts FILE` measures how long a fresh process takes to import a bundle. */
import { pathToFileURL } from "node:url"
import { report } from "../harness/Measurement.ts"

const url = pathToFileURL(process.argv[2]!).href
await report(async () => {
  const began = performance.now()
  await import(url)
  return performance.now() - began
})
process.exit(0)
