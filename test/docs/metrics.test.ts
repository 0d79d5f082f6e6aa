// Every series and attribute that the engine makes stands in the guide, and the guide names no other.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"

const read = (file: string): string => readFileSync(join(workspace, file), "utf8")
const namesIn = (text: string, quote: string): ReadonlyArray<string> =>
  [
    ...new Set(
      Array.from(text.matchAll(new RegExp(`${quote}(integration\\.[a-z_.]+)${quote}`, "g")), (match) => match[1]!)
    )
  ].sort()

it("finds the same names in the guide as in the engine, more than 20", () => {
  const made = namesIn(globSync("packages/surety/src/engine/*.ts", { cwd: workspace }).map(read).join("\n"), '"')
  expect(made.length).toBeGreaterThan(20)
  expect(namesIn(read("docs/guide/03-retries-and-time.md"), "`")).toEqual(made)
})

it("finds 1 name of 2 that only one of them has", () => {
  expect(namesIn("`integration.told` `integration.both`", "`")).not.toEqual(namesIn('"integration.both"', '"'))
})
