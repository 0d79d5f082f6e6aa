// What a package publishes says in its docblock what it is for, since when, and, per module, how stable it is.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"

const tagsOf = (docblock: string): ReadonlySet<string> =>
  new Set(Array.from(docblock.matchAll(/(?<![\w`])@(stability|category|since|internal)\b/g), (match) => match[1]!))

/** The declarations that a module exports and the header it begins with, each with the tags it lacks. */
const lacking = (text: string): ReadonlyArray<string> => {
  const missing = (what: string, docblock: string | undefined, wanted: ReadonlyArray<string>) => {
    const tags = tagsOf(docblock ?? "")
    const absent = tags.has("internal") ? [] : wanted.filter((tag) => !tags.has(tag))
    return absent.length === 0 ? [] : [`${what} lacks ${absent.map((tag) => `@${tag}`).join(", ")}`]
  }
  const declarations = text.matchAll(
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|namespace) (\w+)/gm
  )
  return [
    ...missing("the module", /^(?:#!.*\n)?\/\*\*[\s\S]*?\*\//.exec(text)?.[0], ["stability", "since"]),
    ...Array.from(declarations).flatMap(([, docblock, name]) => missing(name!, docblock, ["category", "since"]))
  ]
}

describe("docblocks", () => {
  it("lack 0 tags in any module of the packages", () => {
    const faults = globSync("packages/*/src/**/*.ts", { cwd: workspace }).flatMap((file) =>
      lacking(readFileSync(join(workspace, file), "utf8")).map((fault) => `${file}: ${fault}`)
    )
    expect(faults.sort()).toEqual([])
  })

  const header = "/**\n * Adds.\n *\n * @stability experimental\n * @since 0.1.0\n */\n"
  const tagged = "/** Two.\n *\n * @category constants\n * @since 0.1.0\n */\nexport const two = 2\n"

  it.each([
    [
      "a module without a header",
      tagged.replace(/^.*?\*\/\n/s, ""),
      ["the module lacks @stability, @since", "two lacks @category, @since"]
    ],
    ["an export without a docblock", `${header}\nexport const two = 2\n`, ["two lacks @category, @since"]],
    [
      "a header without a stability",
      header.replace(" * @stability experimental\n", "") + tagged,
      ["the module lacks @stability"]
    ],
    ["an export without a category", header + tagged.replace(" * @category constants\n", ""), ["two lacks @category"]]
  ])("are refused for %s", (_, text, faults) => {
    expect(lacking(text)).toEqual(faults)
  })

  it.each([
    ["every tag", header + tagged],
    ["every tag, in a file that is executed", `#!/usr/bin/env node\n${header}${tagged}`],
    ["an internal export", `${header}/** @internal */\nexport const two = 2\n`],
    ["a re-export", `${header}export type { Two } from "./Two.ts"\n`]
  ])("are accepted with %s", (_, text) => {
    expect(lacking(text)).toEqual([])
  })
})
