// How hard our types make the compiler work. Each test/types/NAME.ts is compiled against the built declarations, as a
// caller would; its type instantiations, minus those of baseline.ts (Effect alone), must not exceed thresholds.json.
// NAME.program.ts default-exports the text of a program too long to keep. One thread, so that the count is the same on
// every machine.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { exec, type Gate, many, single } from "../gate.ts"

const BASELINE = "baseline"

const config = (root: string, file: string) => ({
  extends: join(root, "tsconfig.program.json"),
  compilerOptions: {
    incremental: false,
    paths: {
      surety: [join(root, "packages/surety/dist/index.d.ts")],
      "surety/testing": [join(root, "packages/surety/dist/testing/index.d.ts")],
      "surety/http": [join(root, "packages/surety/dist/http/index.d.ts")],
      "surety/http/undici": [join(root, "packages/surety/dist/http/UndiciTransport.d.ts")],
      "surety/http/fetch": [join(root, "packages/surety/dist/http/FetchTransport.d.ts")],
      "surety/http/effect": [join(root, "packages/surety/dist/http/HttpClientTransport.d.ts")],
      "surety/*": [join(root, "packages/surety/dist/*.d.ts")],
      "@surety/stripe": [join(root, "packages/stripe/dist/index.d.ts")],
      "@surety/github": [join(root, "packages/github/dist/index.d.ts")]
    }
  },
  files: [file]
})

/** The instantiations of one file and all it imports, or what the compiler said. */
const measure = async (root: string, file: string): Promise<number | string> => {
  mkdirSync(join(root, ".cache"), { recursive: true })
  const folder = mkdtempSync(join(root, ".cache/measure-"))
  try {
    const generated = file.replace(/\.ts$/, ".program.ts")
    const program = existsSync(generated) ? join(folder, "program.ts") : file
    if (program !== file) {
      const { default: text } = (await import(pathToFileURL(generated).href)) as { readonly default: string }
      writeFileSync(program, text)
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config(root, program)))
    const ran = await exec("tsc", ["-p", folder, "--extendedDiagnostics", "--singleThreaded", "--pretty", "false"], {
      cwd: root
    })
    const count = /^Instantiations:\s+(\d+)/m.exec(ran.stdout)
    return ran.code === 0 && count !== null ? Number(count[1]) : ran.output.replace(/^Files:[\s\S]*/m, "")
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const instantiations: Gate = {
  name: "instantiations",
  run: async (root) => {
    const folder = join(root, "test/types")
    if (existsSync(join(root, "tsconfig.packages.json"))) {
      const built = await exec("tsc", ["-b", "tsconfig.packages.json", "--pretty", "false"], { cwd: root })
      if (built.code !== 0) return single(built)
    }
    const thresholds = JSON.parse(readFileSync(join(folder, "thresholds.json"), "utf8")) as Record<string, number>
    const present = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== `${BASELINE}.ts`)
    const names = new Set([...present.map((file) => file.replace(/(\.program)?\.ts$/, "")), ...Object.keys(thresholds)])
    const baseline = await measure(root, join(folder, `${BASELINE}.ts`))
    if (typeof baseline === "string") return single({ code: 1, stdout: "", output: baseline })
    const faults: Array<string> = []
    const figures: Array<string> = [`${BASELINE}: ${baseline}`]
    for (const name of [...names].sort()) {
      const limit = thresholds[name]
      const counted = await measure(root, join(folder, `${name}.ts`))
      if (typeof counted === "string") faults.push(`${name} does not compile\n${counted}`)
      else if (limit === undefined) faults.push(`${name} has no threshold; it needs ${counted - baseline}`)
      else if (counted - baseline > limit)
        faults.push(`${name} needs ${counted - baseline} instantiations, at most ${limit}`)
      else figures.push(`${name}: ${counted - baseline} of ${limit}`)
    }
    return many(names.size, faults, figures)
  }
}
