/**
 * Program: `npm run bench [-- NAME…] [-- --json]`. Measures all benches, or the named ones, and prints a table; with
 * `--json` the last line is one array of `{ name, value, unit, target, met }`, a row per target.
 *
 * A missed target is a finding, not an error: the program ends with 0 unless something could not be measured.
 */
import type { Bench } from "./harness/Bench.ts"
import { type Row, toVerdicts } from "./harness/Row.ts"
import { table } from "./harness/Table.ts"
import { attempts } from "./suite/Attempts.ts"
import { bundle } from "./suite/Bundle.ts"
import { httpX50, httpX500 } from "./suite/Http.ts"
import { outage } from "./suite/Outage.ts"
import { overload } from "./suite/Overload.ts"
import { overheadX1, overheadX1000 } from "./suite/Overhead.ts"
import { types } from "./suite/Types.ts"

const benches: ReadonlyArray<Bench> = [
  overheadX1,
  overheadX1000,
  httpX50,
  httpX500,
  attempts,
  outage,
  overload,
  types,
  bundle
]

const list = benches.map(({ about, name }) => `  ${name.padEnd(16)}${about}`).join("\n")
const usage = `npm run bench [-- NAME...] [-- --json]\n\n${list}\n`

const chosen = (names: ReadonlyArray<string>): ReadonlyArray<Bench> => {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
  if (unknown.length > 0) {
    process.stderr.write(`No bench is called ${unknown.join(", ")}.\n\n${usage}`)
    process.exit(2)
  }
  return names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name))
}

const flags = new Set(process.argv.slice(2).filter((arg) => arg.startsWith("-") && arg !== "--"))
const names = process.argv.slice(2).filter((arg) => !arg.startsWith("-"))

const strange = [...flags].filter((flag) => !["--json", "--list", "--help"].includes(flag))
if (strange.length > 0) {
  process.stderr.write(`No option is called ${strange.join(", ")}.\n\n${usage}`)
  process.exit(2)
}
if (flags.has("--list") || flags.has("--help")) {
  process.stdout.write(usage)
  process.exit(0)
}

const rows: Array<Row> = []
for (const { about, name, run } of chosen(names)) {
  process.stdout.write(`\n${name}: ${about}\n\n`)
  const began = performance.now()
  try {
    const found = await run()
    rows.push(...found)
    process.stdout.write(`${table(found)}\n(${Math.round((performance.now() - began) / 1_000)} s)\n`)
  } catch (error) {
    process.exitCode = 1
    process.stdout.write(`could not be measured: ${error instanceof Error ? error.message : error}\n`)
  }
}

const verdicts = toVerdicts(rows)
const missed = verdicts.filter(({ met }) => !met)
process.stdout.write(
  `\n${verdicts.length - missed.length} of ${verdicts.length} targets met` +
    (missed.length === 0 ? "\n" : `; missed: ${missed.map(({ name }) => name).join(", ")}\n`)
)
if (flags.has("--json")) process.stdout.write(`${JSON.stringify(verdicts)}\n`)
