// What npm would serve: each publishable package is built and packed, publint and attw read the tarballs, and a small
// program installs them with npm in an empty folder, type-checks and runs. No path of the workspace is in reach there.
//
// Without a registry the consumer part is skipped (and under CI=true a skip is a failure).
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { exec, type Gate, type Ran, type Report } from "../gate.ts"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly devDependencies?: Readonly<Record<string, string>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

/** The folders of the packages that get published. */
const publishable = (root: string): ReadonlyArray<string> =>
  readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")) && manifestOf(folder).private !== true)

/** Packs one package and reads the tarball as a stranger would. */
const inspect = async (root: string, folder: string, out: string): Promise<Ran & { readonly tarball: string }> => {
  const packed = await exec("npx", ["-y", "pnpm@12.21.0", "pack", "--json", "--pack-destination", out], { cwd: folder })
  if (packed.code !== 0) return { ...packed, tarball: "" }
  const tarball = (JSON.parse(packed.stdout.slice(packed.stdout.indexOf("{"))) as { filename: string }).filename
  const lint = await exec("publint", ["run", tarball, "--strict", "--pack", "false"], { cwd: root })
  if (lint.code !== 0) return { ...lint, tarball }
  const types = await exec("attw", [tarball, "--profile", "esm-only", "--format", "ascii"], { cwd: root })
  return { ...types, tarball }
}

/** What a consumer installs beside our tarballs, in the versions that the workspace uses. */
const consumerNeeds: ReadonlySet<string> = new Set(["effect", "undici", "typescript", "@types/node"])

/** The consumer's programs: test/pack/*.ts runs and type-checks, refused.mjs proves that internals cannot be reached,
 * command.mjs uses what the packages put on the command line. */
const consume = async (
  root: string,
  tarballs: ReadonlyArray<string>
): Promise<ReadonlyArray<readonly [string, Ran]>> => {
  const folder = mkdtempSync(join(tmpdir(), "surety-consumer-"))
  try {
    const versions = Object.entries(manifestOf(root).devDependencies ?? {})
    const peers = versions.filter(([name]) => consumerNeeds.has(name)).map(([name, version]) => `${name}@${version}`)
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
    for (const file of readdirSync(join(root, "test/pack"))) {
      copyFileSync(join(root, "test/pack", file), join(folder, file))
    }
    const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"]
    const installed = await exec("npm", ["install", ...flags, ...tarballs, ...peers], { cwd: folder })
    if (installed.code !== 0) return [["npm installs the tarballs in an empty folder", installed]]
    const typed = await exec("node", ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: folder })
    const ran = await exec("node", ["consumer.ts"], { cwd: folder })
    const refused = await exec("node", ["refused.mjs"], { cwd: folder })
    const command = existsSync(join(folder, "command.mjs"))
      ? [await exec("node", ["command.mjs"], { cwd: folder })]
      : []
    return [
      ["npm installs the tarballs in an empty folder", installed],
      ["a consumer type-checks against the tarballs", typed],
      ["a consumer runs against the tarballs", ran],
      ["internals cannot be imported from the tarballs", refused],
      ...command.map((used) => ["a newcomer uses the command from the tarballs", used] as const)
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const isOffline = (output: string): boolean => /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENETUNREACH/.test(output)

export const pack: Gate = {
  name: "pack",
  run: async (root): Promise<Report> => {
    const out = mkdtempSync(join(tmpdir(), "surety-pack-"))
    const results: Array<readonly [string, Ran]> = []
    try {
      const built = await exec("tsc", ["-b", "tsconfig.packages.json", "--pretty", "false"], { cwd: root })
      if (built.code !== 0) return { passed: 0, failed: 1, skipped: 0, details: built.output }
      const tarballs: Array<string> = []
      for (const folder of publishable(root)) {
        const inspected = await inspect(root, folder, out)
        results.push([`${manifestOf(folder).name} packs well`, inspected])
        if (inspected.tarball !== "") tarballs.push(inspected.tarball)
      }
      if (results.every(([, ran]) => ran.code === 0) && existsSync(join(root, "test/pack"))) {
        results.push(...(await consume(root, tarballs)))
      }
    } finally {
      rmSync(out, { recursive: true, force: true })
    }
    const bad = results.filter(([, ran]) => ran.code !== 0)
    const skipped = bad.filter(([, ran]) => isOffline(ran.output))
    return {
      passed: results.length - bad.length,
      failed: bad.length - skipped.length,
      skipped: skipped.length,
      details: bad
        .map(
          ([name, ran]) =>
            `${skipped.some(([of]) => of === name) ? "skipped, no registry" : "✗"}: ${name}\n${ran.output}`
        )
        .join("\n")
    }
  }
}
