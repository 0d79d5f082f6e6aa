/**
 * The command that makes generated files again, as a person would type it: it stands in the files, and in what `check` says of
 * files that drifted.
 *
 * It is made of what was understood and not of what was typed, so that it is the same however it was typed, and it names no
 * place of a machine: paths are relative to where the command runs.
 *
 * Neighbours: `Flags` has the same names, and reads what is written here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import { isAbsolute, join, relative, resolve, sep } from "node:path"
import type { Kind, Options } from "./Generators.ts"

/**
 * **Details**   `cwd`: where the command runs. `provider`: the one that was chosen. `receivers`: the file of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asked {
  readonly cwd: string
  readonly modules: ReadonlyArray<string>
  readonly provider?: string | undefined
  readonly receivers?: string | undefined
  readonly options: Options
}

/**
 * The command of one kind, without `--out`.
 *
 * **Example** (What was not said is not in it)
 *
 * ```ts import.meta.vitest
 * import * as CommandLine from "@surety/cli/CommandLine"
 *
 * const asked = { cwd: "/shop", modules: ["/shop/src/Pay.ts"], options: { profile: "otlp", selector: { app: "a b" } } } as const
 * CommandLine.of("alerts", asked) // => "surety alerts src/Pay.ts --profile otlp --selector 'app=a b'"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (kind: Kind, { cwd, modules, options, provider, receivers }: Asked): string =>
  [
    "surety",
    kind,
    ...modules.map((module) => modulePath(cwd, module)),
    ...flagsOf(kind, { cwd, options, provider, receivers })
  ]
    .map(quote)
    .join(" ")

const flagsOf = (kind: Kind, { cwd, options, provider, receivers }: Omit<Asked, "modules">): ReadonlyArray<string> => {
  const { people, place } = options
  const hasPeople = kind === "runbooks" || kind === "catalog"
  return [
    ...flag("provider", provider),
    ...flag("profile", options.profile === "effect" ? undefined : options.profile),
    ...flag("credential", options.credential === "fixed" ? "fixed" : undefined),
    ...flag("runbook-base-url", options.runbookBaseUrl),
    ...flag("dashboard-base-url", options.dashboardBaseUrl),
    ...flag("environment", options.environment),
    ...pairs("selector", options.selector),
    ...flag("expected-calls-per-hour", options.expectedCallsPerHour),
    ...pairs(
      "queue",
      mapped(options.queues, ({ maxAge }) => duration(maxAge))
    ),
    ...(kind === "alerts" ? flag("receivers", receivers === undefined ? undefined : path(cwd, receivers)) : []),
    ...(hasPeople ? flag("support", people?.support) : []),
    ...(hasPeople ? flag("status-page", people?.statusPage) : []),
    ...(hasPeople ? flag("sla", people?.sla) : []),
    ...(kind === "dossier" ? [...flag("as-of", options.asOf), ...pairs("rotated", options.rotated)] : []),
    ...(kind === "catalog" ? flag("lifecycle", place?.lifecycle) : []),
    ...(kind === "catalog" ? flag("system", place?.system) : []),
    ...(kind === "catalog" ? flag("dossier-url", place?.dossierUrl) : [])
  ]
}

const flag = (name: string, value: string | number | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : [`--${name}`, String(value)]

const pairs = (name: string, all: Readonly<Record<string, string>> | undefined): ReadonlyArray<string> =>
  Object.entries(all ?? {}).flatMap(([key, value]) => [`--${name}`, `${key}=${value}`])

const mapped = <A>(
  all: Readonly<Record<string, A>> | undefined,
  toText: (value: A) => string
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all ?? {}).map(([key, value]) => [key, toText(value)]))

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1]
] as const

const duration = (input: Duration.Input): string => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(input))
  const [unit, size] = units.find(([, size]) => millis % size === 0) ?? ["ms", 1]
  return `${millis / size}${unit}`
}

/** An installed package keeps its name. */
const modulePath = (cwd: string, module: string): string =>
  /^\.{0,2}\//.test(module) || isAbsolute(module) ? path(cwd, module) : module

/**
 * A path from where the command runs; of one that is absolute and elsewhere only its name.
 *
 * @category conversions
 * @since 0.1.0
 */
export const path = (cwd: string, to: string): string => {
  const from = relative(cwd, resolve(cwd, to))
  const isElsewhere = from.split(sep)[0] === ".." && isAbsolute(to)
  const shown = isElsewhere ? join("…", to.split(sep).at(-1) ?? "") : from
  return shown === "" ? "." : shown.split(sep).join("/")
}

/**
 * A word for a shell.
 *
 * @category conversions
 * @since 0.1.0
 */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
