import { readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"
import { lint } from "../../scripts/gates/lint.ts"
import { ask, type Files } from "./Tree.ts"

interface Case {
  readonly says: string
  readonly file: string
  readonly bad: string
  readonly message: RegExp
  /** The sibling that must pass: the same file with other text, or the same text in another file. */
  readonly good: { readonly file?: string; readonly text?: string }
  readonly beside?: Files
}

const use = (path: string) => `import { value } from "${path}"\n\nexport const used = value\n`
const engineModule: Files = { "packages/surety/src/engine/Loop.ts": "export const value = 1\n" }
const fakeModule: Files = { "packages/surety/src/testing/Fake.ts": "export const value = 1\n" }

const cases: ReadonlyArray<Case> = [
  {
    says: "any in a published source",
    file: "packages/surety/src/Bad.ts",
    bad: "export const value: any = 1\n",
    message: /no-explicit-any/,
    good: { text: "export const value: unknown = 1\n" }
  },
  {
    says: "a file of 301 lines of code",
    file: "packages/stripe/src/Long.ts",
    bad: Array.from({ length: 301 }, (_, line) => `export const line${line} = ${line}\n`).join(""),
    message: /max-lines/,
    good: {
      text: Array.from({ length: 300 }, (_, line) => `// ${line}\nexport const line${line} = ${line}\n`).join("")
    }
  },
  {
    says: "an import cycle",
    file: "packages/surety/src/Left.ts",
    bad: `import { right } from "./Right.ts"\n\nexport const left = (): number => right()\n`,
    message: /no-cycle/,
    good: { text: "export const left = (): number => 1\n" },
    beside: {
      "packages/surety/src/Right.ts": `import { left } from "./Left.ts"\n\nexport const right = (): number => left()\n`
    }
  },
  {
    says: "the barrel of effect in a published source",
    file: "packages/surety/src/Bad.ts",
    bad: `import { Effect } from "effect"\n\nexport const used = Effect.void\n`,
    message: /Import Effect by module/,
    good: { text: `import * as Effect from "effect/Effect"\n\nexport const used = Effect.void\n` }
  },
  {
    says: "the barrel of effect in a provider",
    file: "packages/stripe/src/Bad.ts",
    bad: `import { Effect } from "effect"\n\nexport const used = Effect.void\n`,
    message: /Import Effect by module/,
    good: { file: "examples/01-good.ts" }
  },
  ...[
    "effect/http/HttpClient",
    "effect/http-api",
    "effect/persistence",
    "effect/workflow/Activity",
    "effect/Newtype"
  ].map((module): Case => ({
    says: `${module} in a rule`,
    file: "packages/surety/src/Bad.ts",
    bad: use(module),
    message: /Unstable Effect modules/,
    good: { file: "packages/surety/src/http/Good.ts" }
  })),
  {
    says: "an unstable Effect module in the engine",
    file: "packages/surety/src/engine/Bad.ts",
    bad: use("effect/http/HttpClient"),
    message: /Unstable Effect modules/,
    good: { text: use("effect/Schema") }
  },
  {
    says: "the engine in a rule",
    file: "packages/surety/src/Bad.ts",
    bad: use("./engine/Loop.ts"),
    message: /know nothing of the engine/,
    good: { file: "packages/surety/src/Provider.ts" },
    beside: engineModule
  },
  {
    says: "an adapter in a rule",
    file: "packages/surety/src/Bad.ts",
    bad: use("./http/Transport.ts"),
    message: /Arrows run one way/,
    good: { text: use("./Other.ts") },
    beside: {
      "packages/surety/src/http/Transport.ts": "export const value = 1\n",
      "packages/surety/src/Other.ts": "export const value = 1\n"
    }
  },
  {
    says: "an adapter in the engine, by re-export",
    file: "packages/surety/src/engine/Bad.ts",
    bad: `export * from "../http/Transport.ts"\n`,
    message: /Arrows run one way/,
    good: { file: "packages/surety/src/http/Good.ts", text: `export * from "./Transport.ts"\n` },
    beside: { "packages/surety/src/http/Transport.ts": "export const value = 1\n" }
  },
  ...["packages/surety/src/Bad.ts", "packages/surety/src/Provider.ts"].map((file): Case => ({
    says: `test support in ${file}`,
    file,
    bad: use("./testing/Fake.ts"),
    message: /Test support is imported by tests/,
    good: { file: "packages/surety/test/good.test.ts", text: use("../src/testing/Fake.ts") },
    beside: fakeModule
  })),
  {
    says: "test support in an adapter",
    file: "packages/surety/src/http/Bad.ts",
    bad: use("../testing/Fake.ts"),
    message: /Test support is imported by tests/,
    good: { file: "packages/surety/src/testing/Good.ts", text: use("./Fake.ts") },
    beside: fakeModule
  },
  {
    says: "test support in a provider",
    file: "packages/stripe/src/Bad.ts",
    bad: use("surety/testing"),
    message: /Test support is imported by tests/,
    good: { file: "packages/stripe/src/testing/Good.ts" }
  },
  {
    says: "undici outside its transport",
    file: "packages/surety/src/http/FetchTransport.ts",
    bad: use("undici"),
    message: /Only src\/http\/UndiciTransport.ts imports undici/,
    good: { file: "packages/surety/src/http/UndiciTransport.ts" }
  },
  ...["@surety/stripe", "@surety/opentelemetry", "octokit"].map((module): Case => ({
    says: `${module} in the command`,
    file: "packages/cli/src/Bad.ts",
    bad: use(module),
    message: /it names no provider/,
    good: { text: use("@surety/ops/Ops") }
  })),
  {
    says: "a provider in core",
    file: "packages/surety/src/http/Bad.ts",
    bad: use("@surety/stripe"),
    message: /Core never names a provider/,
    good: { file: "examples/01-good.ts" }
  },
  {
    says: "a Node module in the engine",
    file: "packages/surety/src/engine/Bad.ts",
    bad: use("node:crypto"),
    message: /run on every runtime/,
    good: { file: "packages/surety/src/testing/Good.ts" }
  },
  {
    says: "the engine in a provider",
    file: "packages/stripe/src/Bad.ts",
    bad: use("surety/engine/Loop"),
    message: /never reaches into the engine/,
    good: { text: use("surety") }
  },
  {
    says: "the clock in a rule",
    file: "packages/surety/src/Bad.ts",
    bad: "export const now = (): number => Date.now()\n",
    message: /Now comes in as a value/,
    good: { text: "export const now = (at: number): number => at\n" }
  },
  {
    says: "a focused test",
    file: "packages/surety/test/bad.test.ts",
    bad: `import { it } from "vitest"\n\nit.only("is alone", () => {})\n`,
    message: /no-focused-tests/,
    good: { text: `import { it } from "vitest"\n\nit("is not alone", () => {})\n` }
  }
]

// One run judges all: each case is a tree of its own in a folder, under its own copy of the configuration.
const folderOf = (kind: "bad" | "good", index: number): string => `${kind}/${String(index).padStart(2, "0")}`
const config = readFileSync(join(workspace, "oxlint.config.ts"), "utf8")

const treeOf = (folder: string, files: Files): Files =>
  Object.fromEntries(
    Object.entries({ "oxlint.config.ts": config, ...files }).map(([path, text]) => [`${folder}/${path}`, text])
  )

let complaints: ReadonlyArray<string>

const complaintsIn = (folder: string): string =>
  complaints.filter((complaint) => complaint.startsWith(`${folder}/`)).join("\n")

beforeAll(async () => {
  const trees = cases.flatMap(({ bad, beside, file, good }, index) => [
    treeOf(folderOf("bad", index), { ...beside, [file]: bad }),
    treeOf(folderOf("good", index), { ...beside, [good.file ?? file]: good.text ?? bad })
  ])
  const report = await ask(lint, Object.assign({}, ...trees) as Files)
  expect(report.failed).toBe(1)
  complaints = report.details.split("\n")
})

describe("the linter", () => {
  it.each(cases.map((one, index) => ({ ...one, index })))("refuses $says", ({ index, message }) => {
    expect(complaintsIn(folderOf("bad", index))).toMatch(message)
  })

  it.each(cases.map((one, index) => ({ ...one, index })))("accepts the sibling of $says", ({ index }) => {
    expect(complaintsIn(folderOf("good", index))).toBe("")
  })

  it("passes a tree without complaints", async () => {
    const files = treeOf(folderOf("good", 0), { [cases[0]!.file]: cases[0]!.good.text! })
    expect(await ask(lint, files)).toMatchObject({ passed: 1, failed: 0 })
  })
})
