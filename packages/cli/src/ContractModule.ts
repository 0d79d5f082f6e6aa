/**
 * Loads the module that declares a provider: a TypeScript file as it is, without a build step, or a package.
 *
 * Neighbours: `LoadFailure` says why it does not load, `LoadGuard` keeps the process safe meanwhile, `Providers` looks at
 * the exports. It runs the module's top level, as any import does.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { existsSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { CommandError } from "./CommandError.ts"
import * as ErrorText from "./ErrorText.ts"
import * as LoadFailure from "./LoadFailure.ts"
import * as LoadGuard from "./LoadGuard.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Where the command was started. */
  readonly cwd: string
  /** How long the module may take. */
  readonly timeout: Duration.Duration
  /** Who is told when the module takes the process with it. */
  readonly reader: ErrorText.Reader
}

/**
 * The exports of a module.
 *
 * **Details**   `module`: a path, relative to `cwd`, or the name of a package that is installed there.
 *
 * **Failures**   `CommandError` with a `module-…` code, or `contract-broken`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const load = (
  module: string,
  { cwd, reader, timeout }: Options
): Effect.Effect<Readonly<Record<string, unknown>>, CommandError> => {
  const seconds = `${Duration.toSeconds(timeout)} s`
  const hangs = new CommandError({
    code: "module-hangs",
    message: `${module} has not loaded after ${seconds}`,
    hint: "Something at its top level waits or loops: a contract module declares and does nothing else. For a slow disk: --timeout '2 minutes'."
  })
  const exits = new CommandError({
    code: "module-exits",
    message: `${module} ends the process while it loads`,
    hint: "Move process.exit out of the module."
  })
  const guard = LoadGuard.hold({
    // the loading thread speaks first when it can
    patienceMillis: Duration.toMillis(timeout) + 500,
    exited: ErrorText.show(exits, reader),
    stuck: ErrorText.show(hangs, reader)
  })
  return Effect.gen(function* () {
    const path = yield* locate(module, cwd)
    return yield* Effect.scoped(
      Effect.andThen(
        guard,
        Effect.tryPromise({
          // a module namespace is a record of what it exports
          try: () => import(pathToFileURL(path).href) as Promise<Readonly<Record<string, unknown>>>,
          catch: (thrown) => LoadFailure.classify(thrown, module, cwd)
        }).pipe(Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(hangs) }))
      )
    )
  })
}

/**
 * The file that is meant: a path, relative to `cwd`, or the main module of a package that is installed there.
 *
 * **Failures**   `module-not-found`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const locate = (module: string, cwd: string): Effect.Effect<string, CommandError> =>
  Effect.suspend(() => {
    const path = resolve(cwd, module)
    if (existsSync(path)) {
      if (!statSync(path).isDirectory()) return Effect.succeed(path)
      const inside = ["index.ts", "src/index.ts", "index.js", "dist/index.js"].find((one) =>
        existsSync(join(path, one))
      )
      return Effect.fail(
        new CommandError({
          code: "module-not-found",
          message: `${module} is a folder`,
          hint:
            inside === undefined
              ? "Name the module in it that exports the provider."
              : `Do you mean ${join(module, inside)}?`
        })
      )
    }
    const found = isPackage(module) ? packageOf(module, cwd) : undefined
    if (found !== undefined) return Effect.succeed(found)
    return Effect.fail(
      new CommandError({
        code: "module-not-found",
        message: isPackage(module)
          ? `there is no file ${module} in ${cwd}, and no package of that name`
          : `there is no file ${module} in ${cwd}`,
        hint: "Name the module that exports the provider: a path from here, such as src/Payments.ts, or an installed package."
      })
    )
  })

const isPackage = (module: string): boolean => /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(\/[\w.~-]+)*$/.test(module)

const packageOf = (name: string, cwd: string): string | undefined => {
  try {
    return createRequire(join(cwd, "surety.js")).resolve(name)
  } catch {
    return undefined
  }
}
