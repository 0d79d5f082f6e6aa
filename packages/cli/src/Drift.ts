/**
 * Whether generated files are still what the contract generates.
 *
 * A file that differs is a finding, and says from which line on. Files that differ in nothing but the hash of the contract are
 * one finding together; those of a kind that was generated with other flags, too.
 *
 * Neighbours: `Generators` makes what should be there, `OutputFolder` reads what is. Only kinds of which something is there
 * are compared, so that a folder need not hold them all.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { dirname, join } from "node:path"
import type { CommandError } from "./CommandError.ts"
import type { Finding } from "./Finding.ts"
import { commandOf, difference, type GeneratedFile, textOver } from "./GeneratedFile.ts"
import type { Made } from "./Generators.ts"
import * as OutputFolder from "./OutputFolder.ts"

/**
 * What should be there, and the command that puts it there, without `--out`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Expected extends Made {
  readonly command: string
}

/**
 * Compares a folder with what is generated now.
 *
 * **Details**   `provider`: of whom it is told what belongs to none of several.
 *
 * @category running
 * @since 0.1.0
 */
export const find = (
  provider: string,
  folder: string,
  kinds: ReadonlyArray<Expected>
): Effect.Effect<ReadonlyArray<Finding>, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    yield* OutputFolder.checkFolder(folder)
    const all = yield* Effect.forEach(kinds, (expected) => ofKind(folder, expected))
    const used = all.filter((one) => one !== undefined)
    if (used.length === 0) {
      const message = `nothing generated is there: run ${kinds[0]?.command} --out ${folder} (and dashboards, runbooks, …), and commit it`
      return [{ provider, field: folder, rule: "drift-missing", message }]
    }
    const stale = used.filter(({ hashOnly }) => hashOnly > 0)
    const files = stale.reduce((sum, { hashOnly }) => sum + hashOnly, 0)
    const hash: ReadonlyArray<Finding> =
      files === 0
        ? []
        : [
            {
              provider,
              field: folder,
              rule: "drift-hash",
              message: `the contract changed since ${files === 1 ? "1 file was" : `${files} files were`} generated, and nothing in ${files === 1 ? "it" : "them"} but its hash: run ${stale.map(({ again }) => again).join("; ")}`
            }
          ]
    return [...used.flatMap(({ findings }) => findings), ...hash]
  })

interface Compared {
  readonly findings: ReadonlyArray<Finding>
  readonly hashOnly: number
  readonly again: string
}

interface There {
  readonly file: GeneratedFile
  readonly existing: string | undefined
}

const ofKind = (
  folder: string,
  { command, files, owns }: Expected
): Effect.Effect<Compared | undefined, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const there = yield* Effect.forEach(files, (file) =>
      Effect.map(OutputFolder.read(folder, file.path), (existing) => ({ file, existing }))
    )
    if (there.every(({ existing }) => existing === undefined)) return undefined
    const again = `${command} --out ${folder}`
    const compared = there.map((one) => compare(folder, again, one))
    const found = compared.flatMap((one) => (one === "hash" ? [] : one))
    const hashOnly = compared.filter((one) => one === "hash").length
    const flags = found.length + hashOnly === 0 ? undefined : otherFlags(command, again, there)
    const wrong = there.flatMap(({ existing, file }) =>
      (existing === undefined ? [] : (file.wrong?.(existing) ?? [])).map((one): Finding => ({
        provider: file.provider,
        field: file.path,
        ...one
      }))
    )
    const left = yield* leftOver(folder, files, owns)
    return {
      findings: [...(flags === undefined ? found : [flags]), ...left, ...wrong],
      hashOnly: flags === undefined ? hashOnly : 0,
      again
    }
  })

const compare = (folder: string, again: string, { existing, file }: There): ReadonlyArray<Finding> | "hash" => {
  const { path: field, provider } = file
  if (existing === undefined) {
    return [{ provider, field, rule: "drift-missing", message: `is not in ${folder}: run ${again}` }]
  }
  const over = textOver(file, existing)
  const changed = (message: string): ReadonlyArray<Finding> => [{ provider, field, rule: "drift-changed", message }]
  if (Result.isFailure(over)) return changed(`${over.failure.message}. ${over.failure.hint}`)
  const differs = difference(existing, over.success)
  switch (differs._tag) {
    case "Same":
      return []
    case "Hash":
      return "hash"
    case "Text":
      return changed(`line ${differs.line} is not what the contract generates: run ${again}`)
  }
}

/** Whoever checks with other flags than were given before is told so once, and not of each line that follows from it. */
const otherFlags = (command: string, again: string, there: ReadonlyArray<There>): Finding | undefined => {
  for (const { existing, file } of there) {
    const before = existing === undefined ? undefined : commandOf(existing)
    if (before === undefined || flagsOf(before) === flagsOf(command)) continue
    const [given, now] = [before, command].map((one) => flagsOf(one) || "no flags")
    return {
      provider: file.provider,
      field: file.path,
      rule: "drift-flags",
      message: `was generated with ${given}, and is checked with ${now}: check with the same, or run ${again}`
    }
  }
  return undefined
}

/** From the first flag on: where the modules are, and where the command ran, is no matter. */
const flagsOf = (command: string): string => /(?:^| )(--.*)$/.exec(command)?.[1] ?? ""

const leftOver = (
  folder: string,
  files: ReadonlyArray<GeneratedFile>,
  owns: Made["owns"]
): Effect.Effect<ReadonlyArray<Finding>, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const known = new Set(files.map(({ path }) => path))
    const neighbours = yield* Effect.forEach([...new Set(files.map(({ path }) => dirname(path)))], (below) =>
      list(folder, below)
    )
    const left = yield* Effect.filter(
      neighbours.flat().filter((path) => !known.has(path)),
      (path) => Effect.map(OutputFolder.read(folder, path), (text) => text !== undefined && owns(path, text))
    )
    return left.map((field): Finding => ({
      provider: files.find(({ path }) => dirname(path) === dirname(field))?.provider ?? "",
      field,
      rule: "drift-left-over",
      message: "the contract generates it no more: keep the notes that people wrote into it, then remove it"
    }))
  })

const list = (
  folder: string,
  below: string
): Effect.Effect<ReadonlyArray<string>, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(join(folder, below)))) return []
    const entries = yield* fs.readDirectoryEntries(join(folder, below))
    return entries
      .filter(({ type }) => type === "File")
      .map(({ name }) => (below === "." ? name : `${below}/${name}`))
      .sort()
  })
