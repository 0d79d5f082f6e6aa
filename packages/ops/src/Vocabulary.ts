/**
 * Which series there are for rules to ask about, with their labels and the values of those: what the contract's processes
 * emit and what rules record.
 *
 * Neighbours: `Lint` holds everything generated against it, `Ops.selectorsOf` a scrape. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as CredentialSeries from "surety/signals/CredentialSeries"
import * as ErrorType from "surety/signals/ErrorType"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as HttpExchange from "surety/signals/HttpExchange"
import * as QueueSeries from "surety/signals/QueueSeries"
import * as Selector from "surety/signals/Selector"
import type { Series } from "surety/signals/Series"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import * as TelemetrySeries from "surety/signals/TelemetrySeries"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as Options from "./Options.ts"
import * as Query from "./Query.ts"
import type * as RecordingRules from "./RecordingRules.ts"

/**
 * **Details**   `metrics`: by name, as it is scraped or recorded. `targets`: labels that Prometheus gives to everything of a
 * target. `closed`: by label, values that some contract has, if not this one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Vocabulary {
  readonly metrics: ReadonlyMap<string, Metric>
  readonly targets: ReadonlySet<string>
  readonly closed: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * **Details**   `open`: labels whose values no contract can list, because another process may run another contract. `series`:
 * labels of each, without `le`. `edges`: values of that.
 *
 * @category models
 * @since 0.1.0
 */
export interface Metric {
  readonly labels: ReadonlySet<string>
  readonly open: ReadonlySet<string>
  readonly series: ReadonlyArray<ReadonlyMap<string, string>>
  readonly edges: ReadonlySet<string>
}

/**
 * What the processes of a contract emit: of the contract, and what exporters and auditors count of themselves.
 *
 * @category constructors
 * @since 0.1.0
 */
export const seriesOf = (contract: Contract.Any, options: Options.Options): ReadonlyArray<Series> => [
  ...contractSeries(contract, options),
  ...TelemetrySeries.dropped,
  ...(Options.watchedCredential(contract, options) === undefined ? [] : TelemetrySeries.audit("log"))
]

/**
 * Without what belongs to exporters and auditors, which an application may have or not.
 *
 * @category constructors
 * @since 0.1.0
 */
export const contractSeries = (contract: Contract.Any, options: Options.Options): ReadonlyArray<Series> => {
  const credential = Options.watchedCredential(contract, options)
  return [
    ...SeriesCatalog.of(contract),
    ...(credential === undefined ? [] : CredentialSeries.of(contract.id, credential)),
    ...Object.keys(options.queues ?? {}).flatMap((name) => QueueSeries.of(contract.id, name))
  ]
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  series: ReadonlyArray<Series>,
  groups: ReadonlyArray<RecordingRules.Group>,
  { environment, profile = "effect", selector = {} }: Options.Options
): Vocabulary => {
  const found = new Map<string, { readonly all: Array<ReadonlyMap<string, string>>; readonly edges: Set<string> }>()
  const add = (
    name: string,
    labels: Readonly<Record<string, string>>,
    bounds: ReadonlyArray<number> | undefined
  ): void => {
    const one = found.get(name) ?? { all: [], edges: new Set() }
    one.all.push(new Map(Object.entries({ ...labels, ...selector })))
    for (const bound of bounds === undefined ? [] : [...bounds, Infinity]) one.edges.add(edge(bound))
    found.set(name, one)
  }
  for (const one of series) {
    const labels = ExportProfile.labels(profile, one.attributes)
    for (const name of ExportProfile.scraped(profile, one)) {
      add(name, labels, one.kind === "histogram" && name.endsWith("_bucket") ? one.bounds : undefined)
    }
  }
  for (const { rules } of groups) for (const { labels, record } of rules) add(record, labels, undefined)
  const info = ExportProfile.metric(profile, SignalName.contractInfo)
  const provider = ExportProfile.label(profile, SignalName.provider)
  // what the server that records writes of an alert that another evaluation asks after
  const of = found.get(info)?.all[0]?.get(provider)
  if (groups.length > 0 && of !== undefined) {
    const told = { alertname: CredentialAlerts.unavailable, alertstate: "firing", [provider]: of }
    add("ALERTS", { ...told, ...(environment === undefined ? {} : { environment }) }, undefined)
  }
  return {
    metrics: new Map(
      [...found].map(([name, { all, edges }]) => {
        const labels = new Set([...all.flatMap((one) => [...one.keys()]), ...(edges.size === 0 ? [] : ["le"])])
        const open = name === info ? [...labels].filter((label) => label !== provider && !(label in selector)) : []
        return [name, { labels, open: new Set(open), series: all, edges }]
      })
    ),
    targets: new Set(["job", "instance", ...Object.keys(selector)]),
    closed: new Map(
      Object.entries(closed).map(([attribute, values]) => [ExportProfile.label(profile, attribute), new Set(values)])
    )
  }
}

const faults: ReadonlyArray<ErrorType.Fault> = ["provider", "network", "caller", "local", "cancelled"]

const closed: Readonly<Record<string, ReadonlyArray<string>>> = {
  [SignalName.outcome]: SignalName.outcomes,
  [SignalName.errorFault]: faults,
  [SignalName.errorType]: [
    ...[...ErrorType.transport, ...Object.values(ErrorType.refusals), ErrorType.isolated].map(({ type }) => type),
    ...HttpExchange.broken
  ]
}

const edge = (bound: number): string => (bound === Infinity ? "+Inf" : String(bound))

/**
 * What is wrong with the selectors and groupings of an expression, one sentence for each.
 *
 * **Details**   A name, or a label, that no series has; a value, also one of several and one that is left out, that no series
 * of any contract has under its label; matchers that no series fits together. Values that a contract cannot know (the hash of another one, the
 * labels of a target) may be anything.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = ({ closed, metrics, targets }: Vocabulary, expr: string): ReadonlyArray<string> => {
  const selectors = Selector.within(expr)
  const known = new Set([...targets, ...selectors.flatMap(({ name }) => [...(metrics.get(name)?.labels ?? [])])])
  const wrong = selectors.flatMap((selector): ReadonlyArray<string> => {
    const { matchers, name, text } = selector
    const metric = metrics.get(name)
    if (metric === undefined) return [`nobody emits ${name}`]
    const strange = matchers.filter(({ label }) => !metric.labels.has(label) && !targets.has(label))
    if (strange.length > 0) return strange.map(({ label }) => `${name} has no label ${label}`)
    const free = new Set([...metric.open, ...targets])
    if (!isAnyOf(metric, selector, free)) return [`no series fits ${text}`]
    return matchers
      .filter(({ label }) => !free.has(label) && label !== "le")
      .flatMap((matcher) =>
        unheard(metric, closed.get(matcher.label), matcher).map(
          (value) => `${name} never has ${matcher.label}=${JSON.stringify(value)}`
        )
      )
  })
  const groupings = [...Query.groupingsOf(expr)].filter((label) => !known.has(label))
  return [...new Set([...wrong, ...groupings.map((label) => `nothing in it has a label ${label}`)])]
}

/** Of the values that a matcher names, in whatever way, those that no series has. */
const unheard = (
  { series }: Metric,
  closed: ReadonlySet<string> | undefined,
  { label, operator, value }: Selector.Matcher
): ReadonlyArray<string> => {
  const isPattern = operator === "=~" || operator === "!~"
  const values = [...new Set([...series.map((labels) => labels.get(label) ?? ""), ...(closed ?? [])])]
  return (isPattern ? value.split("|") : [value]).filter((one) => {
    const isIt = isPattern ? new RegExp(`^(?:${one})$`, "s") : undefined
    return one !== "" && !values.some((given) => isIt?.test(given) ?? given === one)
  })
}

/**
 * Whether the processes of the contract itself emit what a selector asks for.
 *
 * @category rules
 * @since 0.1.0
 */
export const emits = ({ metrics }: Vocabulary, selector: Selector.Selector): boolean => {
  const metric = metrics.get(selector.name)
  return metric !== undefined && isAnyOf(metric, selector, new Set())
}

/** Whatever a label that is `free` must be, some series is. */
const isAnyOf = (metric: Metric, selector: Selector.Selector, free: ReadonlySet<string>): boolean => {
  const isEdge = (label: string): boolean => label === "le" && metric.edges.size > 0
  const matchers = selector.matchers.filter(({ label }) => !free.has(label) && !isEdge(label))
  return (
    metric.series.some((labels) => Selector.selects({ ...selector, matchers }, labels)) &&
    selector.matchers.every(({ label, matches }) => !isEdge(label) || [...metric.edges].some(matches))
  )
}
