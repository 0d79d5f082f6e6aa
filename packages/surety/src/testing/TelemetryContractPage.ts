/**
 * A page that Prometheus scrapes, read, and selectors over it.
 *
 * Neighbours: `TelemetryContract` asks what is on it. Pure.
 *
 * @source Prometheus exposition format 0.0.4; PromQL, instant vector selectors
 * @stability experimental
 * @since 0.1.0
 */

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
 * **Details**   `malformed`: lines, counted from 1, for which Prometheus would refuse the whole page.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  readonly samples: ReadonlyMap<string, ReadonlyArray<Sample>>
  readonly malformed: ReadonlyArray<number>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Matcher {
  readonly label: string
  readonly matches: (value: string) => boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Selector {
  readonly name: string
  readonly matchers: ReadonlyArray<Matcher>
}

const sampleLine = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?[ \t]*$/
const part = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y

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
  const seen = new Set<string>()
  const malformed: Array<number> = []
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue
    const [, name, inside = "", value] = sampleLine.exec(line) ?? []
    const labels = new Map<string, string>()
    const written = name === undefined ? undefined : parts(inside)
    for (const one of written ?? []) if (one.operator === "=") labels.set(one.label, one.value)
    const key = `${name} ${JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))}`
    const number = value === undefined ? undefined : numberOf(value)
    if (name === undefined || written?.length !== labels.size || number === undefined || seen.has(key)) {
      malformed.push(at + 1)
      continue
    }
    seen.add(key)
    const known = samples.get(name)
    if (known === undefined) samples.set(name, [{ name, labels, value: number }])
    else known.push({ name, labels, value: number })
  }
  return { samples, malformed }
}

/**
 * Reads a selector; undefined when it is none that names a metric.
 *
 * **Example** (A name and two matchers)
 *
 * ```ts import.meta.vitest
 * import * as TelemetryContractPage from "surety/testing/TelemetryContractPage"
 *
 * const page = TelemetryContractPage.read('calls{kind="a"} 2\ncalls{kind="b"} 3')
 * const selector = TelemetryContractPage.selector('calls{kind=~"b|c",zone=""}')
 * selector && TelemetryContractPage.select(page, selector).length // => 1
 * TelemetryContractPage.selector("rate(calls[5m])") // => undefined
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const selector = (text: string): Selector | undefined => {
  const [, name, inside = ""] = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? []
  const written = parts(inside)
  if (name === undefined || written === undefined) return undefined
  const matchers: Array<Matcher> = []
  for (const { label, operator, value } of written) {
    const test = testOf(operator, value)
    if (test === undefined) return undefined
    matchers.push({ label, matches: test })
  }
  return { name, matchers }
}

/**
 * The series that a selector finds. A label that is not there is empty, as in PromQL.
 *
 * @category getters
 * @since 0.1.0
 */
export const select = ({ samples }: Page, { matchers, name }: Selector): ReadonlyArray<Sample> =>
  (samples.get(name) ?? []).filter(({ labels }) =>
    matchers.every(({ label, matches }) => matches(labels.get(label) ?? ""))
  )

interface Part {
  readonly label: string
  readonly operator: string
  readonly value: string
}

const parts = (inside: string): ReadonlyArray<Part> | undefined => {
  const found: Array<Part> = []
  part.lastIndex = 0
  while (part.lastIndex < inside.length) {
    const [, label, operator, value] = part.exec(inside) ?? []
    if (label === undefined || operator === undefined || value === undefined) {
      return inside.trim() === "" ? found : undefined
    }
    found.push({ label, operator, value: value.replace(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one)) })
  }
  return found
}

const testOf = (operator: string, value: string): ((given: string) => boolean) | undefined => {
  if (operator === "=") return (given) => given === value
  if (operator === "!=") return (given) => given !== value
  try {
    const pattern = new RegExp(`^(?:${value})$`, "s")
    return operator === "=~" ? (given) => pattern.test(given) : (given) => !pattern.test(given)
  } catch {
    return undefined
  }
}

const words: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, Inf: Infinity, NaN }

const numberOf = (text: string): number | undefined => {
  if (Object.hasOwn(words, text)) return words[text]
  const number = Number(text)
  return Number.isNaN(number) ? undefined : number
}
