// The numbers in the guide are those that run.
import { expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"
import { rewrite, rowsOf, stale, tableOf } from "../../scripts/docs-tables.ts"

const source = `/**
 * Longest single
 * wait.
 *
 * @source AWS
 * @since 0.1.0
 */
export const cap = "20 seconds"
`
const region = (inner: string) => `# Page\n\n<!-- defaults:begin -->\n${inner}<!-- defaults:end -->\n`

it("finds 0 stale pages in this tree", () => {
  expect(stale(workspace).map(({ file }) => file)).toEqual([])
})

it("makes 1 row of 1 documented constant", () => {
  expect(rowsOf(source)).toEqual([{ name: "cap", about: "Longest single wait.", source: "AWS" }])
})

it("rewrites a region that says 10 seconds where the code says 20", () => {
  const table = tableOf({ cap: "20 seconds" }, source)
  expect(rewrite(region("| `cap` | 10 seconds |\n"), table)).toBe(region(`${table}\n`))
  expect(table).toContain("| `cap` | 20 seconds | Longest single wait. | AWS |")
})

it("leaves a region as it is when it already says what the code says", () => {
  const table = tableOf({ cap: "20 seconds" }, source)
  expect(rewrite(region(`${table}\n`), table)).toBe(region(`${table}\n`))
})

it("refuses 1 constant without a docblock, and a page without a region", () => {
  expect(() => tableOf({ cap: "20 seconds", base: "50 millis" }, source)).toThrow(/no docblock for base/)
  expect(() => rewrite("# Page\n", "table")).toThrow(/no region/)
})
