// Each examples/NN-name.ts runs on Node 24 as it stands, offline, in at most 60 lines, and prints exactly what
// NN-name.expected.txt says. `npm run examples:write` writes the expected files from what the programs print.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { exec, type Gate, many } from "../gate.ts"

const MAX_LINES = 60

const programsOf = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /^\d\d-.*\.ts$/.test(file))
        .sort()
    : []

const faultOf = async (folder: string, program: string): Promise<string | undefined> => {
  const lines = readFileSync(join(folder, program), "utf8").trimEnd().split("\n").length
  if (lines > MAX_LINES) return `${program} has ${lines} lines, at most ${MAX_LINES}`
  const file = join(folder, program.replace(/\.ts$/, ".expected.txt"))
  const ran = await exec(process.execPath, [program], { cwd: folder })
  if (ran.code !== 0) return `${program} ended with ${ran.code}\n${ran.output}`
  if (process.env["WRITE_EXPECTED"] === "true") writeFileSync(file, ran.stdout)
  if (!existsSync(file)) return `${program} has no expected output`
  const expected = readFileSync(file, "utf8")
  if (ran.stdout !== expected) return `${program} printed\n${ran.stdout}\ninstead of\n${expected}`
  return undefined
}

export const examples: Gate = {
  name: "examples",
  run: async (root) => {
    const folder = join(root, "examples")
    const programs = programsOf(folder)
    const faults: Array<string> = []
    for (const program of programs) {
      const fault = await faultOf(folder, program)
      if (fault !== undefined) faults.push(fault)
    }
    return many(programs.length, faults)
  }
}
