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
import { type AtRisk, type GeneratedFile, sameText, textOver, type Wrong } from "./GeneratedFile.ts"

/**
 * What happened to a file, or would happen.
 *
 * **Details**   `wrong`: what people still have to write into it, or to take out of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Written {
  readonly path: string
  readonly status: "created" | "changed" | "unchanged"
  readonly wrong: ReadonlyArray<Wrong>
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
 * **Failures**   `out-is-a-file`, `out-not-writable`, `outside-of-out`, and `file-at-risk` with every file that is.
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
    yield* checkFolder(folder)
    const found = yield* Effect.forEach(files, (file) => plan(folder, file))
    const plans = found.filter((one): one is Plan => !("atRisk" in one))
    if (plans.length < found.length) return yield* atRisk(folder, found)
    if (mode === "write") {
      for (const { file, status, text } of plans) {
        if (status === "unchanged") continue
        const target = join(folder, file.path)
        yield* makeFolder(dirname(resolve(target)))
        yield* replace(target, text)
      }
    }
    return plans.map(({ file, status, text }) => ({ path: file.path, status, wrong: file.wrong?.(text) ?? [] }))
  }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(unwritable(folder, error))))

/**
 * The text of a file in the folder; `undefined` when there is none.
 *
 * **Failures**   `file-at-risk` where something else than a file has its name.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (
  folder: string,
  path: string
): Effect.Effect<string | undefined, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const target = join(folder, path)
    const { type } = yield* fs.stat(target)
    // a pipe would be waited for
    if (type !== "File") return yield* noFile(target, type === "Directory" ? "a folder" : "no file")
    return yield* fs.readFileString(target)
  }).pipe(
    Effect.catchTag("PlatformError", (error) =>
      error.reason._tag === "NotFound" ? Effect.succeed(undefined) : Effect.fail(error)
    )
  )

const noFile = (target: string, what: string): Effect.Effect<never, CommandError> =>
  Effect.fail(
    new CommandError({
      code: "file-at-risk",
      message: `${target} is ${what}, and a generated file goes there`,
      hint: "Move it away, or name another folder with --out."
    })
  )

/**
 * Refuses a path that is a file, or a link to nothing.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkFolder = (folder: string): Effect.Effect<void, CommandError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (folder.trim() === "") return yield* noFolder("--out names no folder")
    if (!(yield* fs.exists(folder))) {
      const leadsTo = yield* Effect.option(fs.readLink(folder))
      if (leadsTo._tag === "None") return
      return yield* noFolder(`--out ${folder} is a link to ${leadsTo.value}, which is not there`)
    }
    const { type } = yield* fs.stat(folder)
    if (type !== "Directory") return yield* noFolder(`--out ${folder} is a file`, folder)
  })

const noFolder = (message: string, instead = "ops"): Effect.Effect<never, CommandError> =>
  Effect.fail(
    new CommandError({
      code: "out-is-a-file",
      message,
      hint: `Name a folder; it is made when it is not there: --out ${dirname(instead) === "." ? "ops" : dirname(instead)}`
    })
  )

/** One folder after the other: where none can be made, as below `/proc`, Node's own way tries for ever. */
const makeFolder = (folder: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const missing: Array<string> = []
    for (let at = folder; at !== dirname(at) && !(yield* fs.exists(at)); at = dirname(at)) missing.unshift(at)
    for (const at of missing) yield* fs.makeDirectory(at)
  })

interface Plan {
  readonly file: GeneratedFile
  readonly text: string
  readonly status: Written["status"]
}

interface Refused {
  readonly file: GeneratedFile
  readonly atRisk: AtRisk
}

const plan = (
  folder: string,
  file: GeneratedFile
): Effect.Effect<Plan | Refused, CommandError | PlatformError, FileSystem.FileSystem> =>
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
    if (Result.isFailure(over)) return { file, atRisk: over.failure }
    const text = over.success
    const status = existing === undefined ? "created" : sameText(existing, text) ? "unchanged" : "changed"
    return { file, text, status }
  })

/** All of them: whoever mends one wants to know of the next. */
const atRisk = (folder: string, found: ReadonlyArray<Plan | Refused>): Effect.Effect<never, CommandError> => {
  const refused = found.flatMap((one) => ("atRisk" in one ? [one] : []))
  const byMessage = Map.groupBy(refused, ({ atRisk }) => atRisk.message)
  const said = [...byMessage].map(
    ([message, files]) => `${files.map(({ file }) => `${folder}/${file.path}`).join(", ")}: ${message}`
  )
  return Effect.fail(
    new CommandError({
      code: "file-at-risk",
      message: `${said.join("; ")}; no file was written`,
      hint: [...new Set(refused.map(({ atRisk }) => atRisk.hint))].join("\n  ")
    })
  )
}

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
  AlreadyExists: "a file, or a link to nothing, is where a folder should be",
  NotFound: "a part of the path is not there",
  BadResource: "a file is where a folder should be"
}
