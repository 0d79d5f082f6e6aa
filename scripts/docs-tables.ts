// The tables of numbers in the guide, made from packages/surety/src/Defaults.ts: what a reader is told is what runs.
//
//   node scripts/docs-tables.ts           rewrites the marked regions
//   node scripts/docs-tables.ts --check   fails when a region says something else
//
// A region stands between <!-- defaults:begin --> and <!-- defaults:end -->.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Defaults from "../packages/surety/src/Defaults.ts"
import { workspace } from "./gate.ts"

/** The pages that hold a region. */
export const pages: ReadonlyArray<string> = ["docs/guide/03-retries-and-time.md"]

const source = "packages/surety/src/Defaults.ts"

interface Row {
  readonly name: string
  readonly about: string
  readonly source: string
}

/** What the docblock of each constant says. */
export const rowsOf = (text: string): ReadonlyArray<Row> =>
  Array.from(text.matchAll(/\/\*\*\n((?: \*[^\n]*\n)+?) \*\/\nexport const (\w+)/g), (match) => {
    const lines = match[1]!.split("\n").map((line) => line.replace(/^ \* ?/, ""))
    const end = lines.findIndex((line) => line === "" || line.startsWith("@"))
    const from = lines.find((line) => line.startsWith("@source "))
    return {
      name: match[2]!,
      about: lines.slice(0, end).join(" "),
      source: from?.replace("@source ", "") ?? ""
    }
  })

const shown = (value: unknown): string =>
  typeof value === "number" && value % (1024 * 1024) === 0 ? `${value / (1024 * 1024)} MiB` : String(value)

/** The table of all constants; throws when one has no docblock. */
export const tableOf = (values: Readonly<Record<string, unknown>>, text: string): string => {
  const rows = rowsOf(text)
  const missing = Object.keys(values).filter((name) => !rows.some((row) => row.name === name))
  if (missing.length > 0) throw new Error(`${source}: no docblock for ${missing.join(", ")}`)
  return [
    "| Constant | Value | Meaning | Source |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| \`${row.name}\` | ${shown(values[row.name])} | ${row.about} | ${row.source} |`)
  ].join("\n")
}

/** The page with its regions rewritten; throws when it has none. */
export const rewrite = (page: string, table: string): string => {
  const region = /(<!-- defaults:begin -->\n)[\s\S]*?(<!-- defaults:end -->)/g
  if (!region.test(page)) throw new Error("no region <!-- defaults:begin --> … <!-- defaults:end -->")
  return page.replace(region, (_all, begin: string, end: string) => `${begin}${table}\n${end}`)
}

/** The pages that say something else than the code, with what they should say. */
export const stale = (root: string): ReadonlyArray<{ readonly file: string; readonly text: string }> => {
  const table = tableOf(Defaults, readFileSync(join(root, source), "utf8"))
  return pages.flatMap((file) => {
    const before = readFileSync(join(root, file), "utf8")
    const text = rewrite(before, table)
    return text === before ? [] : [{ file, text }]
  })
}

if (import.meta.main) {
  const found = stale(workspace)
  const isCheck = process.argv.includes("--check")
  for (const { file, text } of found) {
    if (!isCheck) writeFileSync(join(workspace, file), text)
    console.log(isCheck ? `${file} is stale: run node scripts/docs-tables.ts` : `${file} rewritten`)
  }
  if (isCheck && found.length > 0) process.exitCode = 1
}
