// Programs that must not compile, each beside a sibling that must and differs in one thing.
//
// NN-name.illegal.ts starts with one or more lines `// expect: <regex>`; each must match a diagnostic located in that
// file, and a file all of whose diagnostics match none is not refused for the right reason. NN-name.legal.ts has none.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { exec } from "./gate.ts"

export interface Verdict {
  readonly file: string
  /** What the file asked for and did not get; empty when all is well. */
  readonly faults: ReadonlyArray<string>
}

const diagnosticsOf = (folder: string, output: string): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  let current: Array<string> | undefined
  for (const line of output.split("\n")) {
    const head = /^(.+?)\(\d+,\d+\): (error TS\d+: .*)$/.exec(line)
    if (head !== null) {
      const file = resolve(folder, head[1]!)
      current = found.get(file) ?? []
      found.set(file, current)
      current.push(head[2]!)
    } else if (current !== undefined && /^\s/.test(line)) {
      current.push(`${current.pop()}\n${line}`)
    }
  }
  return found
}

const judgeIllegal = (folder: string, file: string, diagnostics: ReadonlyArray<string>): ReadonlyArray<string> => {
  const expectations = Array.from(readFileSync(join(folder, file), "utf8").matchAll(/^\/\/ expect: (.+)$/gm), (match) =>
    match[1]!.trim()
  )
  const faults: Array<string> = []
  if (expectations.length === 0) faults.push("starts with no // expect: line")
  if (!existsSync(join(folder, file.replace(/\.illegal\.ts$/, ".legal.ts")))) faults.push("has no legal sibling")
  if (diagnostics.length === 0) faults.push("compiles")
  for (const expected of expectations) {
    if (!diagnostics.some((diagnostic) => new RegExp(expected, "s").test(diagnostic))) {
      faults.push(`no diagnostic matches ${expected}; there are:\n${diagnostics.join("\n")}`)
    }
  }
  return faults
}

/** Compiles a folder once and judges each of its programs. */
export const judge = async (folder: string): Promise<ReadonlyArray<Verdict>> => {
  const ran = await exec("tsc", ["-p", folder, "--pretty", "false"], { cwd: folder })
  const diagnostics = diagnosticsOf(folder, ran.output)
  const files = readdirSync(folder)
    .filter((file) => /\.(il)?legal\.ts$/.test(file))
    .sort()
  const known = new Set(files.map((file) => resolve(folder, file)))
  const elsewhere = [...diagnostics].filter(([file]) => !known.has(file))
  return [
    ...files.map((file) => {
      const found = diagnostics.get(resolve(folder, file)) ?? []
      return { file, faults: file.endsWith(".illegal.ts") ? judgeIllegal(folder, file, found) : found }
    }),
    { file: "everything they import", faults: elsewhere.map(([file, found]) => `${file}: ${found.join("\n")}`) }
  ]
}
