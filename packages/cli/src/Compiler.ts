/**
 * Runs the user's TypeScript compiler on one module. Node only removes types: what they refuse, the compiler says and nobody
 * else.
 *
 * Neighbours: `CompilerProject` is what it runs in, `TypeFinding` reads what it says.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { readFileSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { pathToFileURL } from "node:url"
import * as CompilerProject from "./CompilerProject.ts"
import * as UncheckedFile from "./UncheckedFile.ts"

/**
 * One thing that the compiler said. `lines`: its message; the later ones say why.
 *
 * @category models
 * @since 0.1.0
 */
export interface Diagnostic {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly code: string
  readonly lines: ReadonlyArray<string>
}

/**
 * What became of the check.
 *
 * **Details**   `Checked`: with the diagnostics of the user's own files, and with those that say that nothing was looked at. `NotChecked`: there is nothing to check with, or
 * nothing to check; `why` and `hint` are for a person. `Stopped`: the compiler was there and did not do its work.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome =
  | { readonly _tag: "Checked"; readonly typescript: string; readonly diagnostics: ReadonlyArray<Diagnostic> }
  | { readonly _tag: "NotChecked"; readonly why: string; readonly hint: string }
  | { readonly _tag: "Stopped"; readonly why: string }

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** How long the compiler may take. */
  readonly timeout: Duration.Duration
  /** Files that a TypeScript is looked for from, in this order; default: the module, then this package. */
  readonly lookFrom?: ReadonlyArray<string>
}

/**
 * Compiles a module and what it imports, strictly, and writes nothing.
 *
 * **Details**   `module`: an absolute path. A name that is not known is asked about a second time with the declarations that
 * the project has besides its modules.
 *
 * @category running
 * @since 0.1.0
 */
export const check = (
  module: string,
  { lookFrom = [module, import.meta.filename], timeout }: Options
): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    if (!/^\.[cm]?tsx?$/.test(extname(module))) {
      return {
        _tag: "NotChecked",
        why: "it is JavaScript",
        hint: "Name the TypeScript module, or compile what uses it"
      } satisfies Outcome
    }
    const found = find(lookFrom)
    if (found._tag === "NotChecked") return found
    const tsconfig = yield* configOf(found, module)
    const first = yield* compile(found, module, tsconfig, [])
    if (!first.diagnostics.some(({ code }) => unknownNames.has(code)) || tsconfig === undefined) return first.outcome
    const files = yield* filesOf(found, tsconfig)
    const ambient = files.filter((file) => /\.d\.[cm]?ts$/.test(file) && isOwn(file, dirname(tsconfig)))
    return ambient.length === 0 ? first.outcome : (yield* compile(found, module, tsconfig, ambient)).outcome
  }).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () =>
        Effect.succeed<Outcome>({ _tag: "Stopped", why: `had not finished after ${Duration.toSeconds(timeout)} s` })
    })
  )

interface TypeScript {
  readonly _tag: "TypeScript"
  readonly tsc: string
  readonly version: string
}

const oldest = 7

const find = (lookFrom: ReadonlyArray<string>): TypeScript | Extract<Outcome, { readonly _tag: "NotChecked" }> => {
  let older: string | undefined
  for (const from of lookFrom) {
    const manifest = manifestFrom(from)
    if (manifest === undefined) continue
    const { bin, version } = JSON.parse(readFileSync(manifest, "utf8")) as {
      readonly bin?: { readonly tsc?: string }
      readonly version: string
    }
    if (Number.parseInt(version, 10) >= oldest && bin?.tsc !== undefined) {
      return { _tag: "TypeScript", tsc: join(dirname(manifest), bin.tsc), version }
    }
    older ??= version
  }
  return {
    _tag: "NotChecked",
    why:
      older === undefined
        ? "there is no TypeScript here"
        : `TypeScript ${older} is here, and ${oldest} or later is needed`,
    hint: `Install it: npm install --save-dev typescript@${oldest}`
  }
}

const manifestFrom = (from: string): string | undefined => {
  try {
    return createRequire(pathToFileURL(from)).resolve("typescript/package.json")
  } catch {
    return undefined
  }
}

/** Names that a declaration file of the project may declare: of values, types, namespaces, modules and test runners. */
const unknownNames: ReadonlySet<string> = new Set([
  "TS2304",
  "TS2307",
  "TS2503",
  "TS2552",
  "TS2580",
  "TS2582",
  "TS2584",
  "TS2591"
])

const compile = (
  { tsc, version }: TypeScript,
  module: string,
  tsconfig: string | undefined,
  ambient: ReadonlyArray<string>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { config, folder } = yield* CompilerProject.make(module, tsconfig, ambient)
      const ran = yield* run(tsc, ["-p", config, "--pretty", "false", "--locale", "en", "--listFiles"], folder)
      const { diagnostics, files, general } = parse(ran.output, folder)
      const own = [
        ...diagnostics.filter(({ path }) => isOwn(path, folder) && path !== config),
        ...files.flatMap((file) => (isOwn(file, folder) ? uncheckedIn(file) : []))
      ]
      // with an option that it does not take, the compiler looks at no types at all
      const said = [
        ...diagnostics.flatMap(({ code, lines, path }) => (path === config ? `${code}: ${lines[0]}` : [])),
        ...general
      ]
      const outcome: Outcome =
        ran.code !== 0 && own.length === 0 && (said.length > 0 || diagnostics.length === 0)
          ? { _tag: "Stopped", why: `said: ${said[0] ?? `nothing, and ended with ${ran.code ?? "a signal"}`}` }
          : { _tag: "Checked", typescript: version, diagnostics: own }
      return { outcome, diagnostics: own }
    })
  )

/** The configuration that compiles the module: the nearest, or the one of those that the nearest leads to. */
const configOf = (typescript: TypeScript, module: string): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const { leadsTo, nearest } = CompilerProject.tsconfigOf(module)
    for (const one of leadsTo) {
      const files = yield* filesOf(typescript, one)
      if (files.some((file) => realpathOf(file) === realpathOf(module))) return one
    }
    return nearest
  })

const filesOf = ({ tsc }: TypeScript, tsconfig: string): Effect.Effect<ReadonlyArray<string>> => {
  const folder = dirname(tsconfig)
  return Effect.map(run(tsc, ["-p", tsconfig, "--listFilesOnly"], folder), ({ output }) =>
    output.split(/\r?\n/).map((line) => resolve(folder, line))
  )
}

const isOwn = (file: string, folder: string): boolean => {
  const below = relative(realpathOf(folder), realpathOf(file))
  return !isAbsolute(below) && !below.split(sep).some((part) => part === ".." || part === "node_modules")
}

const realpathOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

interface Ran {
  readonly code: number | null
  readonly output: string
}

/** In a process group of its own, so that an interruption ends the compiler and not only what started it. */
const run = (script: string, args: ReadonlyArray<string>, cwd: string): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const grouped = process.platform !== "win32"
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      detached: grouped,
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
    child.on("error", (error) => resume(Effect.succeed({ code: null, output: `error: ${error.message}` })))
    child.on("close", (code) => resume(Effect.succeed({ code, output })))
    return Effect.sync(() => {
      try {
        if (grouped && child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
        else child.kill("SIGKILL")
      } catch {
        // it has ended already
      }
    })
  })

/** The compiler says nothing of a file that it was told not to look at. */
const uncheckedIn = (path: string): ReadonlyArray<Diagnostic> => {
  if (!/\.[cm]?tsx?$/.test(path) || /\.d\.[cm]?ts$/.test(path)) return []
  const place = UncheckedFile.placeOf(readFileSync(path, "utf8"))
  return place === undefined ? [] : [{ path, ...place, code: "@ts-nocheck", lines: [unchecked] }]
}

const unchecked = "no type of this file was checked: remove this comment"

interface Parsed {
  readonly diagnostics: ReadonlyArray<Diagnostic>
  /** What was compiled. */
  readonly files: ReadonlyArray<string>
  readonly general: ReadonlyArray<string>
}

const parse = (output: string, folder: string): Parsed => {
  const diagnostics: Array<Diagnostic & { readonly lines: Array<string> }> = []
  const files: Array<string> = []
  const general: Array<string> = []
  for (const text of output.split(/\r?\n/)) {
    const [, path, line, column, code, message] = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(text) ?? []
    if (path !== undefined && code !== undefined && message !== undefined) {
      diagnostics.push({
        path: resolve(folder, path),
        line: Number(line),
        column: Number(column),
        code,
        lines: [message]
      })
    } else if (isAbsolute(text) && /\.[cm]?[jt]sx?$|\.json$/.test(text)) files.push(text)
    else if (/^\s+\S/.test(text)) diagnostics.at(-1)?.lines.push(text.trim())
    else if (text.trim() !== "") general.push(text.replace(/^error /, "").trim())
  }
  return { diagnostics, files, general }
}
