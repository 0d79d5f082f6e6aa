/**
 * What Node says about a module that does not load, in words that say what to change.
 *
 * Neighbours: `ContractModule` loads; this file is a pure reading of the error. It shows what the developer's own module
 * says on the developer's own screen.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { existsSync } from "node:fs"
import { dirname, extname, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { CommandError } from "./CommandError.ts"

/**
 * Reads what `import()` was rejected with.
 *
 * **Details**   `shown`: the module as the caller wrote it; `cwd`: what paths in messages are relative to.
 *
 * @category constructors
 * @since 0.1.0
 */
export const classify = (thrown: unknown, shown: string, cwd: string): CommandError => {
  const error = thrown instanceof Error ? thrown : new Error(`threw ${String(thrown)}`)
  const code = "code" in error && typeof error.code === "string" ? error.code : ""
  const at = placeOf(error, cwd)
  const broken = (message: string, hint: string): CommandError =>
    new CommandError({ code: "module-broken", message: `${shown}: ${message}${at}`, hint })
  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
    case "ERR_UNSUPPORTED_DIR_IMPORT":
      return missing(error, shown, cwd)
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return broken(
        firstLine(error.message),
        "Node removes types and does not compile: write a union instead of an enum, an ES module instead of a namespace, and fields instead of parameter properties. `erasableSyntaxOnly` in tsconfig.json finds them all. Or name the built .js file."
      )
    case "ERR_INVALID_TYPESCRIPT_SYNTAX":
      return broken(`is not valid TypeScript: ${firstLine(error.message)}`, "Run `npx tsc --noEmit`, then try again.")
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return broken(
        "Node runs no TypeScript inside of node_modules",
        "Name the package (surety explain @surety/stripe) or its built .js file."
      )
    case "ERR_UNKNOWN_FILE_EXTENSION":
    case "ERR_IMPORT_ATTRIBUTE_MISSING":
      return broken(
        `Node does not load ${extname(shown) || "this kind of"} files`,
        "Name a .ts, .mts, .js or .mjs module that exports the provider."
      )
  }
  if (error instanceof SyntaxError && isReadAsCommonJs(error)) {
    return broken(
      `is an ES module, and Node reads it as CommonJS: ${error.message}`,
      'Write "type": "module" into the nearest package.json (npm init may have written "commonjs" there), or name the file .mts or .mjs.'
    )
  }
  if (error instanceof SyntaxError) {
    const named = /does not provide an export named '([^']+)'/.exec(error.message)?.[1]
    return named === undefined
      ? broken(`does not parse: ${error.message}`, "Run `npx tsc --noEmit`, then try again.")
      : broken(
          error.message,
          `If '${named}' is a type, import it with 'import type': types are removed before the module runs. \`verbatimModuleSyntax\` in tsconfig.json finds them all.`
        )
  }
  if (error instanceof ReferenceError && error.message.includes("ES module scope")) {
    return broken(firstLine(error.message), "It is an ES module: write import, and import.meta.dirname for __dirname.")
  }
  if (isOfContract(error)) {
    return new CommandError({
      code: "contract-broken",
      message: error.message,
      hint: `Change the declaration${at === "" ? "" : at}: a contract is refused before any call is made.`
    })
  }
  if (error instanceof TypeError && isFromSurety(error)) {
    return new CommandError({
      code: "contract-broken",
      message: `${shown}: the declaration${at} holds what its types do not allow: ${firstLine(error.message)}`,
      hint: "Run `npx tsc --noEmit`: it names the field."
    })
  }
  return new CommandError({
    code: "module-throws",
    message: `${shown} throws while it loads: ${error.name}: ${firstLine(error.message)}${at}`,
    hint: "A contract module declares and does nothing else: move what reads the environment, opens files or connects into the program that uses it."
  })
}

const isReadAsCommonJs = ({ message }: Error): boolean =>
  /^(Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module)/.test(
    message
  )

/** `RangeError` is what a declaration is refused with; it must come out of the framework, not out of the module. */
const isOfContract = (error: Error): boolean => error instanceof RangeError && isFromSurety(error)

const isFromSurety = (error: Error): boolean =>
  fromSurety.test(framesOf(error).find((frame) => !frame.includes("node:")) ?? "")

const fromSurety = /[\\/]surety[\\/](dist|src)[\\/]/

const missing = (error: Error, shown: string, cwd: string): CommandError => {
  const from = /imported from (.+)$/m.exec(error.message)?.[1]
  const importer = from === undefined ? shown : short(pathOf(from), cwd)
  const name = /Cannot find package '([^']+)'/.exec(error.message)?.[1]
  if (name !== undefined) {
    const own = name.startsWith("#")
    return new CommandError({
      code: "module-broken",
      message: `${importer} imports ${own ? name : `the package ${name}`}, which is not there`,
      hint: own ? "Add it to `imports` in package.json." : `Install it: npm install ${name}`
    })
  }
  const url = "url" in error && typeof error.url === "string" ? error.url : undefined
  const path = pathOf(url ?? /(?:module|import) '([^']+)'/.exec(error.message)?.[1] ?? shown)
  const there = [path.replace(/\.js$/, ".ts"), path.replace(/\.mjs$/, ".mts"), `${path}.ts`, `${path}/index.ts`].find(
    (candidate) => candidate !== path && existsSync(candidate)
  )
  return new CommandError({
    code: "module-broken",
    message: `${importer} imports ${short(path, cwd)}, which is not ${there === undefined ? "there" : "a file"}`,
    hint:
      there === undefined
        ? "Is it generated? Make it first; or correct the import."
        : `Import ${relative(dirname(pathOf(from ?? path)), there)}: Node takes the name of a file as it is. \`rewriteRelativeImportExtensions\` in tsconfig.json lets tsc take it, too.`
  })
}

const pathOf = (place: string): string => (place.startsWith("file:") ? fileURLToPath(place) : place)

/** Below the folder the command was started in, or whole. */
const short = (path: string, cwd: string): string => {
  const below = relative(cwd, path)
  return below.startsWith("..") ? path : below
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").trim()

const framesOf = (error: Error): ReadonlyArray<string> =>
  (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))

/** ` (src/Payments.ts:12)`: the first line of somebody's own code; Node puts the place of a syntax error on top. */
const placeOf = (error: Error, cwd: string): string => {
  const [top = ""] = (error.stack ?? "").split("\n")
  const places = [top, ...framesOf(error).filter((frame) => !frame.includes("node:"))].flatMap((line) => {
    const found = /((?:file:\/\/|\/|[A-Za-z]:\\)[^\s()]+?):(\d+)(?::\d+)?\)?$/.exec(line.trim())
    return found?.[1] === undefined ? [] : [{ path: pathOf(found[1]), line: found[2] }]
  })
  const own = places.find(({ path }) => !fromSurety.test(path) && !/[\\/]node_modules[\\/]/.test(path))
  return own === undefined ? "" : ` (${short(own.path, cwd)}:${own.line})`
}
