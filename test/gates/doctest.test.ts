import { describe, expect, it } from "vitest"
import { doctest } from "../../scripts/gates/doctest.ts"
import { ask, type Files } from "./Tree.ts"

const docblock = (...code: ReadonlyArray<string>): Files => ({
  "packages/surety/src/Sum.ts": [
    "/**",
    " * Adds.",
    " *",
    " * ```ts import.meta.vitest",
    ...code.map((line) => ` * ${line}`),
    " * ```",
    " */",
    "export const add = (a: number, b: number): number => a + b",
    ""
  ].join("\n")
})

const guide = (...blocks: ReadonlyArray<readonly [fence: string, code: string]>): Files => ({
  "docs/guide/01-sum.md": blocks.map(([fence, code]) => `# Sum\n\n\`\`\`${fence}\n${code}\n\`\`\`\n`).join("\n")
})

describe("examples", () => {
  it.each([
    ["a wrong value", docblock("1 + 1 // => 3"), /expected 2 to (deeply )?equal 3/],
    ["a wrong value of a constant", docblock("const two = 1 + 1 // => 3"), /expected 2 to (deeply )?equal 3/],
    ["a wrong type", docblock(`1 + 1 // => "2"`), /Sum\.ts:5.*TS2345/],
    ["a program that does not type-check", docblock(`const two: string = 2`), /Sum\.ts:5.*TS2322/],
    ["an assertion on no expression", docblock("if (true) { // => 2", "}"), /asserts on no expression/],
    ["a wrong value on a page", guide(["ts run", "1 + 1 // => 3"]), /expected 2 to (deeply )?equal 3/],
    ["a page that continues nothing", guide(["ts run continue", "1 + 1 // => 2"]), /continues nothing/]
  ])("refuse %s", async (_, files, message) => {
    const report = await ask(doctest, files).catch((error: unknown) => ({ failed: 1, details: String(error) }))
    expect(report.details).toMatch(message)
    expect(report.failed).toBeGreaterThan(0)
  })

  it.each([
    ["a right value, over several lines", docblock("Math.max(", "  1,", "  2", ") // => 2"), 1],
    [
      "a constant, a logged value and an exported class",
      docblock(
        "export class Two {",
        "  readonly value = 2",
        "}",
        "const two = new Two().value // => 2",
        "console.log(two) // => 2"
      ),
      1
    ],
    [
      "values of Effect",
      docblock(
        `import * as Effect from "effect/Effect"`,
        `import * as Option from "effect/Option"`,
        "",
        "Option.some(1) // => Option.some(1)",
        "Effect.runSync(Effect.gen(function*() {",
        "  yield* Effect.succeed(1) // => 1",
        "}))"
      ),
      1
    ],
    [
      "a page whose blocks go on",
      guide(["ts run", "const two = 1 + 1"], ["ts run continue", "two // => 2"], ["ts", "no code"]),
      1
    ]
  ])("accept %s", async (_, files, passed) => {
    expect(await ask(doctest, files)).toMatchObject({ passed, failed: 0 })
  })
})
