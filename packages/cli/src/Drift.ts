/**
 * Whether generated files are still what the contract generates.
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
import { firstDifference, sameText, textOver } from "./GeneratedFile.ts"
import type { Kind, Made } from "./Generators.ts"
import * as OutputFolder from "./OutputFolder.ts"

/**
 * Compares a folder with what is generated now.
 *
 * @category running
 * @since 0.1.0
 */
export const find = (
  provider: string,
  folder: string,
  kinds: ReadonlyArray<readonly [Kind, Made]>
): Effect.Effect<ReadonlyArray<Finding>, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    yield* OutputFolder.checkFolder(folder)
    const all = yield* Effect.forEach(kinds, ([kind, made]) => ofKind(provider, folder, kind, made))
    const used = all.filter((findings) => findings !== undefined)
    if (used.length > 0) return used.flat()
    return [
      {
        provider,
        field: folder,
        rule: "drift-missing",
        message:
          "nothing generated is there: run surety alerts (dashboards, runbooks, …) with the same --out, and commit it"
      }
    ]
  })

const ofKind = (
  provider: string,
  folder: string,
  kind: Kind,
  { files, owns }: Made
): Effect.Effect<ReadonlyArray<Finding> | undefined, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const there = yield* Effect.forEach(files, (file) =>
      Effect.map(OutputFolder.read(folder, file.path), (existing) => ({ file, existing }))
    )
    if (there.every(({ existing }) => existing === undefined)) return undefined
    const again = `run surety ${kind} again with the same flags`
    const found = there.flatMap(({ existing, file }): ReadonlyArray<Finding> => {
      if (existing === undefined) {
        return [{ provider, field: file.path, rule: "drift-missing", message: `is not in ${folder}: ${again}` }]
      }
      const over = textOver(file, existing)
      if (Result.isSuccess(over) && sameText(existing, over.success)) return []
      const message = Result.isFailure(over)
        ? `${over.failure.message}: ${over.failure.hint}`
        : `line ${firstDifference(existing, over.success)} is not what the contract generates: ${again}`
      return [{ provider, field: file.path, rule: "drift-changed", message }]
    })
    const known = new Set(files.map(({ path }) => path))
    const neighbours = yield* Effect.forEach([...new Set(files.map(({ path }) => dirname(path)))], (below) =>
      list(folder, below)
    )
    const leftOver = yield* Effect.filter(
      neighbours.flat().filter((path) => !known.has(path)),
      (path) => Effect.map(OutputFolder.read(folder, path), (text) => text !== undefined && owns(path, text))
    )
    return [
      ...found,
      ...leftOver.map((field): Finding => ({
        provider,
        field,
        rule: "drift-left-over",
        message: "the contract generates it no more: keep the notes that people wrote into it, then remove it"
      }))
    ]
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
