// Each gate refuses a fixture, for the right reason, and accepts the sibling that differs in one thing.
import { describe, expect, it } from "vitest"
import { askAll, type Gate } from "../../scripts/gate.ts"
import { examples } from "../../scripts/gates/examples.ts"
import { format } from "../../scripts/gates/format.ts"
import { instantiations } from "../../scripts/gates/instantiations.ts"
import { links } from "../../scripts/gates/links.ts"
import { size } from "../../scripts/gates/size.ts"
import { types } from "../../scripts/gates/types.ts"
import { vitest } from "../../scripts/gates/vitest.ts"
import { judge } from "../../scripts/illegal.ts"
import { ask, type Files } from "./Tree.ts"

interface Pair {
  readonly says: string
  readonly gate: Gate
  readonly bad: Files
  readonly message: RegExp
  readonly good: Files
}

const solution = { "tsconfig.json": `{ "extends": "./tsconfig.program.json", "include": ["src"] }` }
const ok = `import { expect, it } from "vitest"\n\nit("adds", () => expect(1 + 1).toBe(2))\n`
const baseline = { "test/types/baseline.ts": "export const nothing = 1\n" }
const generic = `type Deep<N extends number, A extends Array<1> = []> = A["length"] extends N ? A : Deep<N, [...A, 1]>\n`

const pairs: ReadonlyArray<Pair> = [
  {
    says: "format: a file laid out otherwise",
    gate: format,
    bad: { "src/a.ts": "export const a = 'x';\n" },
    message: /src\/a\.ts/,
    good: { "src/a.ts": `export const a = "x"\n` }
  },
  {
    says: "types: a wrong type",
    gate: types,
    bad: { ...solution, "src/a.ts": "export const a: string = 1\n" },
    message: /TS2322/,
    good: { ...solution, "src/a.ts": "export const a: number = 1\n" }
  },
  {
    says: "types: an unchecked index",
    gate: types,
    bad: { ...solution, "src/a.ts": "export const a = (all: Array<number>): number => all[0]\n" },
    message: /TS2322/,
    good: { ...solution, "src/a.ts": "export const a = (all: Array<number>): number | undefined => all[0]\n" }
  },
  {
    says: "types: undefined where a property may only be absent",
    gate: types,
    bad: { ...solution, "src/a.ts": "export const a: { readonly b?: number } = { b: undefined }\n" },
    message: /exactOptionalPropertyTypes/,
    good: { ...solution, "src/a.ts": "export const a: { readonly b?: number } = {}\n" }
  },
  {
    says: "unit: a failing test",
    gate: vitest("unit"),
    bad: { "test/a.test.ts": ok.replace("toBe(2)", "toBe(3)") },
    message: /expected 2 to be 3/,
    good: { "test/a.test.ts": ok }
  },
  {
    says: "unit: a test file that does not load",
    gate: vitest("unit"),
    bad: { "test/a.test.ts": ok, "test/b.test.ts": `import "./absent.ts"\n` },
    message: /absent\.ts/,
    good: { "test/a.test.ts": ok, "test/b.test.ts": ok }
  },
  {
    says: "links: a file that is not there",
    gate: links,
    bad: { "a.md": "[b](b.md)\n" },
    message: /a\.md:1: b\.md names no file/,
    good: { "a.md": "[b](b.md)\n", "b.md": "# B\n" }
  },
  {
    says: "links: a heading that is not there",
    gate: links,
    bad: { "a.md": "\n[b](b.md#two-words)\n", "b.md": "# Two other words\n" },
    message: /a\.md:2: b\.md#two-words names no heading/,
    good: { "a.md": "\n[b](b.md#two-words)\n", "b.md": "## Two words!\n" }
  },
  {
    says: "links: a place outside the repository",
    gate: links,
    bad: { "a.md": "[out](../out.md)\n" },
    message: /leaves the repository/,
    good: { "a.md": "`[out](../out.md)` and [web](https://example.com/out.md)\n" }
  },
  {
    says: "examples: other output",
    gate: examples,
    bad: { "examples/01-a.ts": `console.log("two")\n`, "examples/01-a.expected.txt": "one\n" },
    message: /printed\s+two\s+instead of\s+one/,
    good: { "examples/01-a.ts": `console.log("one")\n`, "examples/01-a.expected.txt": "one\n" }
  },
  {
    says: "examples: no expected output",
    gate: examples,
    bad: { "examples/01-a.ts": `console.log("one")\n` },
    message: /no expected output/,
    good: { "examples/01-a.ts": `console.log("one")\n`, "examples/01-a.expected.txt": "one\n" }
  },
  {
    says: "examples: 61 lines",
    gate: examples,
    bad: { "examples/01-a.ts": "// line\n".repeat(61), "examples/01-a.expected.txt": "" },
    message: /61 lines, at most 60/,
    good: { "examples/01-a.ts": "// line\n".repeat(60), "examples/01-a.expected.txt": "" }
  },
  {
    says: "examples: a program that throws",
    gate: examples,
    bad: { "examples/01-a.ts": `throw new Error("no")\n`, "examples/01-a.expected.txt": "" },
    message: /ended with 1/,
    good: { "examples/01-a.ts": `new Error("no")\n`, "examples/01-a.expected.txt": "" }
  },
  {
    says: "instantiations: types that cost more than agreed",
    gate: instantiations,
    bad: {
      ...baseline,
      "test/types/deep.ts": `${generic}export const deep: Deep<300>["length"] = 300\n`,
      "test/types/thresholds.json": `{ "deep": 1000 }`
    },
    message: /deep needs \d+ instantiations, at most 1000/,
    good: {
      ...baseline,
      "test/types/deep.ts": `${generic}export const deep: Deep<30>["length"] = 30\n`,
      "test/types/thresholds.json": `{ "deep": 1000 }`
    }
  },
  {
    says: "instantiations: a fixture without a threshold",
    gate: instantiations,
    bad: { ...baseline, "test/types/a.ts": "export const a = 1\n", "test/types/thresholds.json": "{}" },
    message: /a has no threshold/,
    good: { ...baseline, "test/types/a.ts": "export const a = 1\n", "test/types/thresholds.json": `{ "a": 0 }` }
  },
  {
    says: "size: a bundle larger than agreed",
    gate: size,
    bad: { "test/size/a.ts": `console.log("a longer text")\n`, "test/size/thresholds.json": `{ "a": 40 }` },
    message: /a needs \d+ bytes, at most 40/,
    good: { "test/size/a.ts": "export {}\n", "test/size/thresholds.json": `{ "a": 40 }` }
  },
  {
    says: "size: a fixture without a threshold",
    gate: size,
    bad: { "test/size/a.ts": "export {}\n", "test/size/thresholds.json": "{}" },
    message: /a has no threshold/,
    good: { "test/size/a.ts": "export {}\n", "test/size/thresholds.json": `{ "a": 40 }` }
  }
]

describe("the gates", () => {
  it.each(pairs)("refuse $says", async ({ bad, gate, message }) => {
    const report = await ask(gate, bad)
    expect(report.details).toMatch(message)
    expect(report.failed).toBeGreaterThan(0)
  })

  it.each(pairs)("accept the sibling of $says", async ({ gate, good }) => {
    const report = await ask(gate, good)
    expect(report.failed, report.details).toBe(0)
    expect(report.passed).toBeGreaterThanOrEqual(gate === links && !("b.md" in good) ? 0 : 1)
  })
})

describe("illegal programs", () => {
  const program = (says: string): string => `${says}export const a: string = 1\n`
  const faultsOf = async (files: Files): Promise<Readonly<Record<string, ReadonlyArray<string>>>> => {
    let faults: Readonly<Record<string, ReadonlyArray<string>>> = {}
    const gate: Gate = {
      name: "illegal",
      run: async (root) => {
        faults = Object.fromEntries((await judge(root)).map((verdict) => [verdict.file, verdict.faults]))
        return { passed: 0, failed: 0, skipped: 0, details: "" }
      }
    }
    const config = `{ "extends": "./tsconfig.program.json", "compilerOptions": { "incremental": false }, "include": ["*legal.ts"] }`
    await ask(gate, { "tsconfig.json": config, ...files })
    return faults
  }
  const legal = { "01-a.legal.ts": `export const a: string = "1"\n` }

  it("accept a pair whose diagnostic is the expected one", async () => {
    const faults = await faultsOf({ ...legal, "01-a.illegal.ts": program("// expect: 'number' is not assignable\n") })
    expect(Object.values(faults).flat()).toEqual([])
    expect(Object.keys(faults)).toEqual(["01-a.illegal.ts", "01-a.legal.ts", "everything they import"])
  })

  it.each([
    [
      "another diagnostic",
      { ...legal, "01-a.illegal.ts": program("// expect: OP-001\n") },
      /no diagnostic matches OP-001/
    ],
    ["no expectation", { ...legal, "01-a.illegal.ts": program("") }, /no \/\/ expect: line/],
    ["no legal sibling", { "01-a.illegal.ts": program("// expect: number\n") }, /no legal sibling/],
    ["nothing to refuse", { ...legal, "01-a.illegal.ts": "// expect: number\nexport const a = 1\n" }, /^compiles/],
    ["a sibling that fails", { "01-a.legal.ts": program("") }, /TS2322/]
  ])("refuse %s", async (_, files, message) => {
    const faults = Object.values(await faultsOf(files)).flat()
    expect(faults.join("\n")).toMatch(message)
  })
})

describe("the sum", () => {
  const gate = (passed: number, failed: number, skipped: number): Gate => ({
    name: "gate",
    run: () => Promise.resolve({ passed, failed, skipped, details: "" })
  })
  const crashing: Gate = { name: "crashing", run: () => Promise.reject(new Error("no")) }
  const sum = (gates: ReadonlyArray<Gate>, inCI: boolean) => askAll(gates, { root: "", inCI, print: () => {} })

  it("goes on after a gate that fails and one that throws", async () => {
    expect(await sum([gate(1, 2, 3), crashing, gate(4, 0, 0)], false)).toEqual({ passed: 5, failed: 3, skipped: 3 })
  })

  it("counts 3 skipped as 3 failed in CI", async () => {
    expect(await sum([gate(1, 0, 3)], true)).toEqual({ passed: 1, failed: 3, skipped: 0 })
  })
})
