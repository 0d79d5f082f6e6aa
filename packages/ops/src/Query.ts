/**
 * PromQL of one provider: spells signals and attributes for one export profile and narrows every selector to the provider.
 *
 * Every selector has braces, so that a tool can find the selectors of a text.
 *
 * Neighbours: `Slo` and the files of `alerts/` build expressions with it; `surety/signals/ExportProfile` spells.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as Selector from "surety/signals/Selector"
import * as SignalName from "surety/signals/SignalName"
import type { Options } from "./Options.ts"

/**
 * **Details**   The attribute as `SignalName` has it.
 *
 * @category models
 * @since 0.1.0
 */
export type Matcher = readonly [attribute: string, operator: "=" | "!=" | "=~" | "!~", value: string]

/**
 * Which of a histogram's series.
 *
 * @category models
 * @since 0.1.0
 */
export type Part = "bucket" | "count" | "sum"

/**
 * **Details**   `identity`: the labels by which everything of this provider is told from everything else. `series`: a
 * selector. `sample`: one series as a test or a scrape names it, with exactly these attributes. `process`: a selector, or a
 * series, of what a process has whichever providers it uses. `recorded`: a selector of a
 * recording rule of this provider. `by`: `by (provider, …)`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Query {
  readonly contract: Contract.Any
  readonly options: Options
  readonly identity: Readonly<Record<string, string>>
  readonly label: (attribute: string) => string
  readonly series: (signal: SignalName.Signal, matchers?: ReadonlyArray<Matcher>, part?: Part) => string
  readonly sample: (signal: SignalName.Signal, attributes: Readonly<Record<string, string>>, part?: Part) => string
  readonly process: (signal: SignalName.Signal, attributes?: Readonly<Record<string, string>>) => string
  readonly recorded: (name: string, labels?: Readonly<Record<string, string>>) => string
  readonly by: (...attributes: ReadonlyArray<string>) => string
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: Options): Query => {
  const profile = options.profile ?? "effect"
  const label = (attribute: string): string => ExportProfile.label(profile, attribute)
  const scope = { [label(SignalName.provider)]: contract.id, ...options.selector }
  const identity = {
    ...scope,
    ...(options.environment === undefined ? {} : { environment: options.environment })
  }
  const metric = (signal: SignalName.Signal, part: Part | undefined): string =>
    ExportProfile.metric(profile, signal) + (part === undefined ? "" : `_${part}`)
  const equal = (labels: Readonly<Record<string, string>>): ReadonlyArray<Matcher> =>
    Object.entries(labels).map(([name, value]) => [name, "=", value])
  return {
    contract,
    options,
    identity,
    label,
    series: (signal, matchers = [], part) =>
      metric(signal, part) +
      braces([...equal(scope), ...matchers.map(([name, ...rest]): Matcher => [label(name), ...rest])]),
    sample: (signal, attributes, part) =>
      metric(signal, part) + braces(equal({ ...scope, ...ExportProfile.labels(profile, attributes) })),
    process: (signal, attributes = {}) =>
      metric(signal, undefined) + braces(equal({ ...options.selector, ...ExportProfile.labels(profile, attributes) })),
    recorded: (name, labels = {}) => name + braces(equal({ ...identity, ...labels })),
    by: (...attributes) => `by (${[SignalName.provider, ...attributes].map(label).join(", ")})`
  }
}

const braces = (matchers: ReadonlyArray<Matcher>): string =>
  `{${matchers.map(([name, operator, value]) => `${name}${operator}${quote(value)}`).join(", ")}}`

/**
 * A string of PromQL.
 *
 * @category conversions
 * @since 0.1.0
 */
export const quote = (value: string): string =>
  `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`

/**
 * A name in a regular expression of PromQL.
 *
 * @category conversions
 * @since 0.1.0
 */
export const literal = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/**
 * A matcher of a bucket's edge, however the server writes it: Prometheus 2 keeps `5`, Prometheus 3 makes `5.0` of it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const edge = (boundSeconds: number): Matcher =>
  Number.isInteger(boundSeconds)
    ? ["le", "=~", `${boundSeconds}|${boundSeconds}[.]0`]
    : ["le", "=", String(boundSeconds)]

/**
 * A number without the noise of binary fractions.
 *
 * @category conversions
 * @since 0.1.0
 */
export const number = (value: number): string => String(Number(value.toPrecision(9)))

/**
 * A duration as Prometheus writes it: the largest unit that divides it.
 *
 * **Example** (90 minutes are not hours)
 *
 * ```ts import.meta.vitest
 * import * as Query from "@surety/ops/Query"
 *
 * Query.duration(5_400_000) // => "90m"
 * Query.duration(259_200_000) // => "3d"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const duration = (millis: number): string => {
  const seconds = Math.max(1, Math.round(millis / 1000))
  for (const [unit, size] of units) if (seconds % size === 0) return `${seconds / size}${unit}`
  return `${seconds}s`
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60]
] as const

/**
 * The metrics that an expression names.
 *
 * @category getters
 * @since 0.1.0
 */
export const metricsOf = (expr: string): ReadonlySet<string> => new Set(Selector.within(expr).map(({ name }) => name))

/**
 * The labels that an expression groups by and joins on.
 *
 * **Example** (Whatever stands between the parentheses)
 *
 * ```ts import.meta.vitest
 * import * as Query from "@surety/ops/Query"
 *
 * const expr = 'sum by (le, zone) (calls{a="by (x)"}) / on (zone) group_left() limit{}'
 * Array.from(Query.groupingsOf(expr)) // => ["le", "zone"]
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const groupingsOf = (expr: string): ReadonlySet<string> =>
  new Set(
    [
      ...expr
        .replace(/"(?:[^"\\]|\\.)*"/g, '""')
        .matchAll(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)
    ]
      .flatMap(([, inside = ""]) => inside.split(","))
      .map((label) => label.trim())
      .filter((label) => label !== "")
  )
