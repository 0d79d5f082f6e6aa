/**
 * Writes generated files into a folder: only those that changed, each at once or not at all, none outside of it.
 *
 * Neighbours: `GeneratedFile` says what is to be written, `Drift` reads the same folder and writes nothing.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { randomUUID } from "node:crypto"
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { CommandError } from "./CommandError.ts"
import { type GeneratedFile, sameText, textOver } from "./GeneratedFile.ts"

/**
 * What happened to a file, or would happen.
 *
 * @category models
 * @since 0.1.0
 */
export interface Written {
  readonly path: string
  readonly status: "created" | "changed" | "unchanged"
}

/**
 * Whether files are written, or only compared.
 *
 * @category models
 * @since 0.1.0
 */
export type Mode = "write" | "dry-run"

/**
 * Writes files into a folder, which is made when it is not there.
 *
 * **Details**   Everything is compared before the first file is written. A file that is there keeps its permissions; one
 * that holds the same text, but for line ends, is not touched.
 *
 * **Failures**   `out-is-a-file`, `out-not-writable`, `outside-of-out`, `file-at-risk`.
 *
 * @category running
 * @since 0.1.0
 */
export const write = (
  folder: string,
  files: ReadonlyArray<GeneratedFile>,
  mode: Mode
): Effect.Effect<ReadonlyArray<Written>, CommandError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* checkFolder(folder)
    const plans = yield* Effect.forEach(files, (file) => plan(folder, file))
    if (mode === "write") {
      for (const { file, status, text } of plans) {
        if (status === "unchanged") continue
        const target = join(folder, file.path)
        yield* fs.makeDirectory(dirname(target), { recursive: true })
        yield* replace(target, text)
      }
    }
    return plans.map(({ file, status }) => ({ path: file.path, status }))
  }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(unwritable(folder, error))))

/**
 * The text of a file in the folder; `undefined` when there is none.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (
  folder: string,
  path: string
): Effect.Effect<string | undefined, PlatformError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(join(folder, path))).pipe(
    Effect.catchTag("PlatformError", (error) =>
      error.reason._tag === "NotFound" ? Effect.succeed(undefined) : Effect.fail(error)
    )
  )

/**
 * Refuses a path that is a file.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkFolder = (folder: string): Effect.Effect<void, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(folder))) return
    const { type } = yield* fs.stat(folder)
    if (type !== "Directory") {
      return yield* new CommandError({
        code: "out-is-a-file",
        message: `--out ${folder} is a file`,
        hint: `Name a folder; it is made when it is not there: --out ${dirname(folder) === "." ? "ops" : dirname(folder)}`
      })
    }
  })

interface Plan {
  readonly file: GeneratedFile
  readonly text: string
  readonly status: Written["status"]
}

const plan = (
  folder: string,
  file: GeneratedFile
): Effect.Effect<Plan, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const root = resolve(folder)
    const target = resolve(root, file.path)
    if (!isBelow(root, target)) return yield* outside(folder, file.path)
    const [realRoot, realParent] = yield* Effect.all([realFolder(root), realFolder(dirname(target))])
    // what is not there yet is made below what is
    if (realRoot.there && realParent.path !== realRoot.path && !isBelow(realRoot.path, realParent.path)) {
      return yield* outside(folder, file.path)
    }
    const existing = yield* read(folder, file.path)
    const over = textOver(file, existing)
    if (Result.isFailure(over)) {
      return yield* new CommandError({
        code: "file-at-risk",
        message: `${folder}/${file.path}: ${over.failure.message}; no file was written`,
        hint: over.failure.hint
      })
    }
    const text = over.success
    const status = existing === undefined ? "created" : sameText(existing, text) ? "unchanged" : "changed"
    return { file, text, status }
  })

/** The nearest folder that is there, without links. */
const realFolder = (
  folder: string
): Effect.Effect<{ readonly path: string; readonly there: boolean }, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let at = folder
    while (at !== dirname(at) && !(yield* fs.exists(at))) at = dirname(at)
    return { path: yield* fs.realPath(at), there: at === folder }
  })

const isBelow = (root: string, path: string): boolean => {
  const inside = relative(root, path)
  return inside !== "" && !isAbsolute(inside) && inside.split(sep)[0] !== ".."
}

const replace = (target: string, text: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const draft = join(dirname(target), `.surety-${randomUUID()}`)
    yield* Effect.gen(function* () {
      yield* fs.writeFileString(draft, text, { flag: "wx" })
      const mode = yield* fs.stat(target).pipe(
        Effect.map((there) => there.mode & 0o777),
        Effect.catchTag("PlatformError", () => Effect.succeed(0o666 & ~process.umask()))
      )
      yield* fs.chmod(draft, mode)
      yield* fs.rename(draft, target)
    }).pipe(Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true }))))
  })

const outside = (folder: string, path: string): Effect.Effect<never, CommandError> =>
  Effect.fail(
    new CommandError({
      code: "outside-of-out",
      message: `${path} would be written outside of ${folder}`,
      hint: "A link in the folder leads out of it: remove the link, or name the folder that it leads to."
    })
  )

const unwritable = (folder: string, { reason }: PlatformError): CommandError =>
  new CommandError({
    code: "out-not-writable",
    message: `cannot write to ${folder}: ${words[reason._tag] ?? reason._tag}`,
    hint: "Look at its owner and permissions (ls -ld), or name another folder with --out. A file is written as a whole or not at all."
  })

const words: Readonly<Record<string, string>> = {
  PermissionDenied: "permission denied",
  AlreadyExists: "a file is where a folder should be",
  NotFound: "a part of the path is not there",
  BadResource: "a file is where a folder should be"
}
