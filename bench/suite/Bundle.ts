/**
 * What a caller ships: a provider of one operation over fetch, minified and compressed, and what importing that bundle
 * costs a fresh process; and the rules without HTTP. Beside it the same operation with Effect's own parts.
 */
import { build } from "esbuild"
import { mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import type { Bench } from "../harness/Bench.ts"
import { interleave } from "../harness/Rounds.ts"
import { row } from "../harness/Row.ts"
import { type Sample, sample } from "../harness/Sample.ts"

const rounds = 9
const folder = fileURLToPath(new URL("../.cache/bundle/", import.meta.url))

const entries = ["surety-bundle", "surety-rules", "bundle-effect"] as const
type Entry = (typeof entries)[number]

/** Bundles an entry as an application would and gives its compressed size in kB (1000 bytes). */
const bundleEntry = async (entry: Entry): Promise<number> => {
  const outfile = join(folder, `${entry}.mjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`../cases/${entry}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    legalComments: "none",
    logLevel: "error"
  })
  return gzipSync(await readFile(outfile), { level: 9 }).length / 1_000
}

/** The best of the rounds stands for all: what a fresh process needs when nothing else is in its way. */
const best = (millis: ReadonlyArray<number>): Sample => {
  const found = sample(millis)
  return { ...found, median: found.low }
}

export const bundle: Bench = {
  name: "bundle",
  about: "a provider of one operation with the fetch transport, minified and compressed",
  run: async () => {
    await mkdir(folder, { recursive: true })
    const [provider, rules, effect] = [
      await bundleEntry("surety-bundle"),
      await bundleEntry("surety-rules"),
      await bundleEntry("bundle-effect")
    ]
    const imports = await interleave<Entry, number>(
      entries,
      { sets: rounds, turns: 1 },
      "programs/import.ts",
      (entry) => [join(folder, `${entry}.mjs`)]
    )
    return [
      row("bundle/size", provider, "kB gzip", { atMost: 60 }),
      row("bundle/import", best(imports["surety-bundle"].turns), "ms", { atMost: 15 }),
      row("bundle/size rules", rules, "kB gzip", { atMost: 15 }),
      row("bundle/import rules", best(imports["surety-rules"].turns), "ms"),
      row("bundle/size effect", effect, "kB gzip"),
      row("bundle/import effect", best(imports["bundle-effect"].turns), "ms")
    ]
  }
}
