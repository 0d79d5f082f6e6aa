// A law that a page quotes says the same in the code.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"

const source = globSync("packages/surety/src/**/*.ts", { cwd: workspace })
  .map((file) => readFileSync(join(workspace, file), "utf8"))
  .join("\n")

/** The sentences and the interface names of laws on a page; a sentence may be broken over two lines of a fence. */
const quotesOf = (page: string): ReadonlyArray<string> => {
  const all = (pattern: RegExp) => Array.from(page.matchAll(pattern), (match) => match[1]!.replace(/\s+/g, " "))
  return [
    ...all(/`((?:OP|RETRY|HEDGE|PROV)-\d{3}: [^`]+)`/g),
    ...all(/^```\n((?:OP|RETRY|HEDGE|PROV)-\d{3}: [^`]+?)\n```/gm),
    ...all(/`((?:OP|PROV)_\d{3}_\w+)`/g)
  ]
}

const stands = (quote: string): boolean => source.includes(quote.replace(/'[A-Z]\w*'/, "'${Tag}'"))

describe("laws", () => {
  for (const file of ["README.md", ...globSync("docs/guide/*.md", { cwd: workspace })]) {
    it(`${file} quotes 0 laws that the code words differently`, () => {
      expect(quotesOf(readFileSync(join(workspace, file), "utf8")).filter((quote) => !stands(quote))).toEqual([])
    })
  }

  it("finds 1 sentence and 1 name, and refuses the sentence that no law has", () => {
    const page = "`RETRY-001: 'CardDeclined' may be retried` and `OP_001_EveryOperationDeclaresATimeBudget`"
    expect(quotesOf(page).map(stands)).toEqual([false, true])
  })
})
