// Examples in docblocks and guides are programs: they type-check and their `expr // => value` lines hold.
//
// Read from: fences ```ts import.meta.vitest in docblocks of packages/*/src, and fences ```ts run in README.md,
// packages/*/README.md and docs/**/*.md. A fence ```ts run continue goes on where the page's fence before it ended.
// Each block becomes one file in .doctest/<process id>/ (git-ignored; kept when something fails). `console.log(expr) // => value` asserts on `expr`.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { parseAst } from "vite"
import { exec, type Gate, type Report } from "../gate.ts"
import { runVitest } from "./vitest.ts"

export interface Block {
  /** The page or module, relative to the root. */
  readonly file: string
  /** The first line of code in it. */
  readonly line: number
  readonly code: string
}

/** The examples in the docblocks of a module. */
export const docblockExamples = (file: string, text: string): ReadonlyArray<Block> =>
  Array.from(text.matchAll(/^( *)\* ```ts import\.meta\.vitest *\n([\s\S]*?)^ *\* ```/gm), (match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length + 1,
    code: match[2]!.replace(/^ *\*(?: |$)/gm, "")
  }))

/** The examples on a page, a `continue` fence joined to all that it continues. */
export const pageExamples = (file: string, text: string): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  for (const match of text.matchAll(/^```ts run( continue)? *\n([\s\S]*?)^```/gm)) {
    const line = text.slice(0, match.index).split("\n").length + 1
    const before = match[1] === undefined ? undefined : blocks.pop()
    if (match[1] !== undefined && before === undefined) throw new Error(`${file}:${line} continues nothing`)
    blocks.push({ file, line: before?.line ?? line, code: (before?.code ?? "") + match[2]! })
  }
  return blocks
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string"

const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit)
  }
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The innermost statement whose last character, but for a semicolon, stands right before `end`; or none. */
const statementEndingAt = (program: Node, code: string, end: number): ReadonlyArray<Node> => {
  const ending: Array<Node> = []
  walk(program, (node) => {
    if (node.type !== "ExpressionStatement" && node.type !== "VariableDeclaration") return
    if (node.end === end || (node.end === end - 1 && code[node.end] === ";")) ending.push(node)
  })
  return ending.slice(-1)
}

/** The assertion that replaces one statement ending on a line with `// => value`. */
const assertion = (code: string, node: Node, expected: string): Edit | undefined => {
  const source = (at: Node) => code.slice(at.start, at.end)
  if (node.type === "ExpressionStatement") {
    const expression = node["expression"] as Node
    const args = expression["arguments"] as ReadonlyArray<Node> | undefined
    const isLog = expression.type === "CallExpression" && source(expression["callee"] as Node) === "console.log"
    const actual = isLog && args?.length === 1 ? args[0]! : expression
    return { start: node.start, end: node.end, text: `;check(${source(actual)}, ${expected});` }
  }
  if (node.type === "VariableDeclaration") {
    const name = ((node["declarations"] as ReadonlyArray<Node>)[0]!["id"] as Node)["name"]
    if (typeof name === "string") return { start: node.end, end: node.end, text: `\n;check(${name}, ${expected});` }
  }
  return undefined
}

/** A Vitest file that runs a block: imports first, the rest inside one test. */
export const toTest = (block: Block): string => {
  const { code } = block
  const program = parseAst(code, { lang: "ts" }) as unknown as Node
  const edits: Array<Edit> = []
  const imports: Array<string> = []
  for (const node of program["body"] as ReadonlyArray<Node>) {
    if (node.type === "ImportDeclaration") {
      imports.push(code.slice(node.start, node.end))
      edits.push({ start: node.start, end: node.end, text: "" })
    }
    if (node.type === "ExportNamedDeclaration" && isNode(node["declaration"])) {
      edits.push({ start: node.start, end: (node["declaration"] as Node).start, text: "" })
    }
  }
  for (const match of code.matchAll(/^(.*?)[ \t]*\/\/ => (.+)$/gm)) {
    const end = match.index + match[1]!.length
    const edit = statementEndingAt(program, code, end).map((node) => assertion(code, node, match[2]!.trim()))[0]
    if (edit === undefined) throw new Error(`${block.file}:${block.line} asserts on no expression: ${match[0].trim()}`)
    edits.push(edit)
  }
  let body = code
  for (const edit of edits.sort((a, b) => b.start - a.start)) {
    body = body.slice(0, edit.start) + edit.text + body.slice(edit.end)
  }
  return [
    `// ${block.file}:${block.line}`,
    `import { check, example } from "../prelude.ts"`,
    ...imports,
    ``,
    `example(${JSON.stringify(`${block.file}:${block.line}`)}, async () => {`,
    body,
    `})`,
    ``
  ].join("\n")
}

const prelude = `import { addEqualityTesters } from "@effect/vitest"
import { expect, it } from "vitest"

addEqualityTesters()

export const example = (name: string, run: () => Promise<void>): void => it(name, run)

/** The value is equal, and of a type that the expression can have. */
export const check = <A>(actual: A, expected: NoInfer<A>): void => expect(actual).toEqual(expected)
`

const config = (root: string) => ({
  extends: join(root, "tsconfig.program.json"),
  compilerOptions: { noUnusedLocals: false, rootDir: root },
  include: ["**/*.ts"]
})

const read = (root: string, pattern: string, examplesOf: typeof pageExamples): ReadonlyArray<Block> =>
  globSync(pattern, { cwd: root })
    .filter((file) => !file.includes("node_modules"))
    .sort()
    .flatMap((file) => examplesOf(file, readFileSync(join(root, file), "utf8")))

/** The examples of a tree, in order. */
export const examplesOf = (root: string): ReadonlyArray<Block> => [
  ...read(root, "packages/*/src/**/*.ts", docblockExamples),
  ...["README.md", "packages/*/README.md", "docs/**/*.md"].flatMap((pattern) => read(root, pattern, pageExamples))
]

const isRunning = (processId: number): boolean => {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

/** Removes what runs that have ended left behind. Two runs in one checkout do not disturb each other. */
const removeFinished = (folder: string): void => {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!isRunning(Number(name))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

const faulty = (failed: number, details: string): Report => ({ passed: 0, failed, skipped: 0, details })

export const doctest: Gate = {
  name: "doctest",
  run: async (root) => {
    removeFinished(join(root, ".doctest"))
    const folder = join(root, ".doctest", String(process.pid))
    rmSync(folder, { recursive: true, force: true })
    const blocks = examplesOf(root)
    if (blocks.length === 0) return { passed: 0, failed: 0, skipped: 0, details: "no examples yet" }
    mkdirSync(join(folder, "examples"), { recursive: true })
    writeFileSync(join(folder, "prelude.ts"), prelude)
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config(root), undefined, 2))
    const faults: Array<string> = []
    const origin = new Map<string, string>()
    for (const block of blocks) {
      const name = `${block.file.replace(/^packages\//, "").replace(/[^A-Za-z0-9]+/g, "-")}-${block.line}.test.ts`
      origin.set(name, `${block.file}:${block.line}`)
      try {
        writeFileSync(join(folder, "examples", name), toTest(block))
      } catch (error) {
        faults.push(`${block.file}:${block.line} ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (faults.length > 0) return faulty(faults.length, faults.join("\n"))
    const typed = await exec("tsc", ["-p", folder, "--pretty", "false"], { cwd: root })
    if (typed.code !== 0) {
      const named = typed.output.replace(/\S*?([\w-]+\.test\.ts)\(/g, (all, name: string) => {
        const from = origin.get(basename(name))
        return from === undefined ? all : `example at ${from}: ${all}`
      })
      return faulty((typed.output.match(/error TS/g) ?? [1]).length, named)
    }
    const report = await runVitest(root, "doctest", `.doctest/${process.pid}/`)
    if (report.failed === 0) rmSync(folder, { recursive: true, force: true })
    return report
  }
}
