/**
 * A page that Prometheus scrapes, read.
 *
 * Neighbours: `TelemetryContract` asks what is on it; `signals/Selector` is how. Pure.
 *
 * @source Prometheus exposition format 0.0.4
 * @stability experimental
 * @since 0.1.0
 */
import * as Selector from "../signals/Selector.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

/**
 * **Details**   `samples`: by name. `byLabel`: by name, and then by one label and its value, so that a page of 2 MiB is not read
 * once for each series. `types`: what the page says each metric is. `malformed`: lines, counted from 1, for which Prometheus would
 * refuse the whole page.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  readonly samples: ReadonlyMap<string, ReadonlyArray<Sample>>
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, ReadonlyArray<Sample>>>
  readonly types: ReadonlyMap<string, string>
  readonly malformed: ReadonlyArray<number>
}

const sampleLine = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?[ \t]*$/

/**
 * Reads a page.
 *
 * **Example** (Two series, and a line that is none)
 *
 * ```ts import.meta.vitest
 * import * as TelemetryContractPage from "surety/testing/TelemetryContractPage"
 *
 * const page = TelemetryContractPage.read('up 1\ncalls{kind="a"} 2\ncalls{kind="a",kind="b"} 2')
 * page.samples.get("calls")?.[0]?.value // => 2
 * page.malformed // => [3]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = (text: string): Page => {
  const samples = new Map<string, Array<Sample>>()
  const byLabel = new Map<string, Map<string, Array<Sample>>>()
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const malformed: Array<number> = []
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) {
      const [, metric, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
      if (metric !== undefined && type !== undefined) types.set(metric, type)
      continue
    }
    const [, name, inside = "", value] = sampleLine.exec(line) ?? []
    const labels = new Map<string, string>()
    const written = name === undefined ? undefined : Selector.pairs(inside)
    for (const one of written ?? []) if (one.operator === "=") labels.set(one.label, one.value)
    const key = `${name} ${JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))}`
    const number = value === undefined ? undefined : numberOf(value)
    if (name === undefined || written?.length !== labels.size || number === undefined || seen.has(key)) {
      malformed.push(at + 1)
      continue
    }
    seen.add(key)
    const sample = { name, labels, value: number }
    put(samples, name, sample)
    const index = byLabel.get(name) ?? new Map<string, Array<Sample>>()
    byLabel.set(name, index)
    for (const [label, value] of labels) put(index, pair(label, value), sample)
  }
  return { samples, byLabel, types, malformed }
}

/**
 * The series that a selector finds.
 *
 * **Example** (One of two)
 *
 * ```ts import.meta.vitest
 * import { Selector } from "surety/signals"
 * import * as TelemetryContractPage from "surety/testing/TelemetryContractPage"
 *
 * const page = TelemetryContractPage.read('calls{kind="a"} 2\ncalls{kind="b"} 3')
 * const selector = Selector.parse('calls{kind=~"b|c",zone=""}')
 * selector && TelemetryContractPage.select(page, selector).length // => 1
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const select = (page: Page, selector: Selector.Selector): ReadonlyArray<Sample> =>
  fewest(page, selector).filter(({ labels }) => Selector.selects(selector, labels))

/** The shortest list that has all that a selector may find. */
const fewest = ({ byLabel, samples }: Page, { matchers, name }: Selector.Selector): ReadonlyArray<Sample> => {
  let least = samples.get(name) ?? []
  for (const { label, operator, value } of matchers) {
    if (operator !== "=" || value === "") continue
    const found = byLabel.get(name)?.get(pair(label, value)) ?? []
    if (found.length < least.length) least = found
  }
  return least
}

const pair = (label: string, value: string): string => `${label}=${value}`

const put = (lists: Map<string, Array<Sample>>, key: string, sample: Sample): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [sample])
  else list.push(sample)
}

/**
 * Whether a sample counts: of a counter, or of a histogram, by what the page says of its metric.
 *
 * @category rules
 * @since 0.1.0
 */
export const counts = ({ types }: Page, { name }: Sample): boolean =>
  types.get(name) === "counter" || types.get(name.replace(/_(?:bucket|count|sum)$/, "")) === "histogram"

const words: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, Inf: Infinity, NaN }

const numberOf = (text: string): number | undefined => {
  if (Object.hasOwn(words, text)) return words[text]
  const number = Number(text)
  return Number.isNaN(number) ? undefined : number
}
