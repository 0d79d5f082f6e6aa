/**
 * The project that one module is compiled in: the nearest tsconfig.json, made strict, without an output, and with this one
 * file in it. It lies outside of the user's tree and is removed afterwards.
 *
 * Neighbours: `Compiler` runs in it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, parse, resolve } from "node:path"

/**
 * **Details**   `config`: the file that `tsc -p` takes. `folder`: what belongs to the user: below the nearest tsconfig.json,
 * or else the nearest package.json. `ambient`: declarations that the project has besides the module.
 *
 * @category models
 * @since 0.1.0
 */
export interface CompilerProject {
  readonly config: string
  readonly folder: string
}

/**
 * Makes the project of a module until the scope closes.
 *
 * **Details**   `ambient`: declarations that the project has besides the module. The folders of packages are linked beside the configuration, so that type packages are found as they are from
 * the user's folder. A tsconfig.json that names `${configDir}` means its own folder: then, and only then, the file is written
 * there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  module: string,
  tsconfig: string | undefined,
  ambient: ReadonlyArray<string>
): Effect.Effect<CompilerProject, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => write(module, tsconfig, ambient)),
      ({ remove }) => Effect.sync(() => rmSync(remove, { recursive: true, force: true }))
    ),
    ({ project }) => project
  )

/**
 * The nearest tsconfig.json, and the configurations that it only leads to when it has no file of its own.
 *
 * @category getters
 * @since 0.1.0
 */
export const tsconfigOf = (
  module: string
): { readonly nearest: string | undefined; readonly leadsTo: ReadonlyArray<string> } => {
  const found = nearest(dirname(module), "tsconfig.json")
  const text = found === undefined ? "" : readFileSync(found, "utf8")
  if (found === undefined || !/"files"\s*:\s*\[\s*\]/.test(text)) return { nearest: found, leadsTo: [] }
  const leadsTo = Array.from(text.matchAll(/"path"\s*:\s*"([^"]+)"/g), ([, path = ""]) => resolve(dirname(found), path))
    .map((path) => (path.endsWith(".json") ? path : join(path, "tsconfig.json")))
    .filter((path) => existsSync(path))
  return { nearest: found, leadsTo }
}

const write = (
  module: string,
  tsconfig: string | undefined,
  ambient: ReadonlyArray<string>
): { readonly project: CompilerProject; readonly remove: string } => {
  const folder = dirname(tsconfig ?? nearest(dirname(module), "package.json") ?? module)
  const text = JSON.stringify(configOf(module, folder, tsconfig, ambient), null, 2)
  if (tsconfig !== undefined && readFileSync(tsconfig, "utf8").includes("${configDir}")) {
    const config = join(folder, `.surety-check-${randomUUID()}.json`)
    writeFileSync(config, text, { flag: "wx" })
    return { project: { config, folder }, remove: config }
  }
  const remove = realpathSync(mkdtempSync(join(tmpdir(), "surety-check-")))
  let inner = remove
  for (const packages of packagesAbove(folder)) {
    inner = join(inner, "in")
    mkdirSync(inner)
    symlinkSync(packages, join(inner, "node_modules"), "junction")
  }
  const config = join(inner, "tsconfig.json")
  writeFileSync(config, text)
  return { project: { config, folder }, remove }
}

const configOf = (
  module: string,
  folder: string,
  tsconfig: string | undefined,
  ambient: ReadonlyArray<string>
): unknown => ({
  ...(tsconfig === undefined ? {} : { extends: tsconfig }),
  compilerOptions: {
    ...(tsconfig === undefined ? withoutConfig(folder) : {}),
    ...laws,
    ...noOutput,
    rootDir: parse(module).root
  },
  files: [module, ...ambient],
  include: [],
  references: []
})

const withoutConfig = (folder: string): object => ({
  target: "es2024",
  module: "nodenext",
  types: packagesAbove(folder).some((packages) => existsSync(join(packages, "@types/node"))) ? ["node"] : []
})

/** Without the first three, and with `noCheck`, a law says nothing; the rest is what Node needs, or what says nothing about a contract. */
const laws = {
  strict: true,
  strictNullChecks: true,
  strictFunctionTypes: true,
  noErrorTruncation: true,
  noCheck: false,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: false,
  skipLibCheck: true,
  noUnusedLocals: false,
  noUnusedParameters: false
}

const noOutput = {
  noEmit: true,
  generateTrace: null,
  composite: false,
  incremental: false,
  tsBuildInfoFile: null,
  declaration: false,
  declarationMap: false,
  declarationDir: null,
  emitDeclarationOnly: false,
  isolatedDeclarations: false,
  sourceMap: false,
  inlineSourceMap: false,
  inlineSources: false,
  outDir: null,
  outFile: null
}

const foldersUp = (from: string): ReadonlyArray<string> => {
  const above = dirname(from)
  return above === from ? [from] : [from, ...foldersUp(above)]
}

const nearest = (from: string, name: string): string | undefined =>
  foldersUp(from)
    .map((folder) => join(folder, name))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)

/** The outermost first. */
const packagesAbove = (folder: string): ReadonlyArray<string> =>
  foldersUp(folder)
    .map((one) => join(one, "node_modules"))
    .filter((one) => existsSync(one))
    .toReversed()
