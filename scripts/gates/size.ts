// What a caller ships: each test/size/NAME.ts bundled by esbuild (minified, gzip -9) must not exceed thresholds.json,
// in bytes. The time to import the bundle in a fresh process is printed, never gated: it belongs to the machine.
import { build } from "esbuild"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import { exec, type Gate, many } from "../gate.ts"

const ROUNDS = 5

const bundle = async (file: string): Promise<Uint8Array> => {
  const built = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    legalComments: "none",
    logLevel: "silent"
  })
  return built.outputFiles[0]!.contents
}

const importMillis = async (file: string): Promise<number> => {
  const program = `const t=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});console.log(performance.now()-t)`
  const times: Array<number> = []
  for (let round = 0; round < ROUNDS; round++) {
    const ran = await exec(process.execPath, ["--input-type=module", "-e", program], { cwd: tmpdir() })
    times.push(Number(ran.stdout.trim().split("\n").at(-1)))
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
}

export const size: Gate = {
  name: "size",
  run: async (root) => {
    const folder = join(root, "test/size")
    const thresholds = JSON.parse(readFileSync(join(folder, "thresholds.json"), "utf8")) as Record<string, number>
    const present = readdirSync(folder).filter((file) => file.endsWith(".ts"))
    const names = new Set([...present.map((file) => file.slice(0, -3)), ...Object.keys(thresholds)])
    const out = mkdtempSync(join(tmpdir(), "surety-size-"))
    const faults: Array<string> = []
    const figures: Array<string> = []
    try {
      for (const name of [...names].sort()) {
        const limit = thresholds[name]
        const contents = await bundle(join(folder, `${name}.ts`)).catch((error: unknown) => String(error))
        if (typeof contents === "string") {
          faults.push(`${name} does not bundle\n${contents}`)
          continue
        }
        const bytes = gzipSync(contents, { level: 9 }).byteLength
        const file = join(out, `${name}.mjs`)
        writeFileSync(file, contents)
        const figure = `${name}: ${bytes} of ${limit} bytes, imported in ${(await importMillis(file)).toFixed(1)} ms`
        if (limit === undefined) faults.push(`${name} has no threshold; it needs ${bytes} bytes`)
        else if (bytes > limit) faults.push(`${name} needs ${bytes} bytes, at most ${limit}`)
        else figures.push(figure)
      }
    } finally {
      rmSync(out, { recursive: true, force: true })
    }
    return many(names.size, faults, figures)
  }
}
