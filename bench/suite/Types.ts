/**
 * What the type checker does for 100 endpoints with 10 failures of their own each, all used: instantiations, which are
 * a count and the same on every machine. The cost of importing the library is subtracted on both sides.
 */
import { execFile } from "node:child_process"
import { mkdir, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Bench } from "../harness/Bench.ts"
import { row } from "../harness/Row.ts"
import { effect } from "../cases/types-effect.ts"
import { surety } from "../cases/surety-types.ts"
import type { Dialect } from "./Dialect.ts"
import { importsOnly, program } from "./TypesProgram.ts"

const folder = fileURLToPath(new URL("../.cache/types/", import.meta.url))
const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin/tsc")

interface Checked {
  readonly instantiations: number
  readonly seconds: number
}

const check = async (name: string, source: string): Promise<Checked> => {
  const home = join(folder, name)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, "program.ts"), source)
  await writeFile(
    join(home, "tsconfig.json"),
    JSON.stringify({
      extends: "../../../../tsconfig.program.json",
      compilerOptions: { incremental: false },
      files: ["program.ts"]
    })
  )
  return new Promise((resolve, reject) => {
    // One checker: what several would share they each instantiate anew, so the count would depend on the cores.
    const args = [tsc, "-p", home, "--extendedDiagnostics", "--pretty", "false", "--singleThreaded"]
    execFile(process.execPath, args, (error, stdout) => {
      if (error !== null) return reject(new Error(`${name} does not compile:\n${stdout.slice(0, 4_000)}`))
      const read = (label: string) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1])
      resolve({ instantiations: read("Instantiations"), seconds: read("Total time") })
    })
  })
}

const cost = async (name: string, dialect: Dialect) => {
  const whole = await check(name, program(dialect))
  const bare = await check(`${name}-imports`, importsOnly(dialect))
  return { ...whole, imports: bare.instantiations, instantiations: whole.instantiations - bare.instantiations }
}

export const types: Bench = {
  name: "types",
  about: "type checking 100 endpoints with 10 failures of their own each, all used",
  run: async () => {
    const ours = await cost("surety", surety)
    const theirs = await cost("effect", effect)
    return [
      row("types/instantiations-vs-effect", ours.instantiations / theirs.instantiations, "ratio", { atMost: 1 / 4 }),
      row("types/instantiations surety", ours.instantiations, "count"),
      row("types/instantiations effect", theirs.instantiations, "count"),
      row("types/imports surety", ours.imports, "count"),
      row("types/imports effect", theirs.imports, "count"),
      row("types/time surety", ours.seconds, "s"),
      row("types/time effect", theirs.seconds, "s")
    ]
  }
}
