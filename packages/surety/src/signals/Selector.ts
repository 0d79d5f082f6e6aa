/**
 * A selector of PromQL, read: which series of a metric an expression asks for. It reads selectors that have a name, with the
 * braces that generated expressions always write; it is no parser of PromQL.
 *
 * Neighbours: `testing/TelemetryContract` looks selectors up on a scraped page, `@surety/ops` in the catalogue. Pure.
 *
 * @source PromQL, instant vector selectors
 * @stability experimental
 * @since 0.1.0
 */

/**
 * **Details**   `matches`: whether a label may have this value. A label that is not there is empty, as in PromQL.
 *
 * @category models
 * @since 0.1.0
 */
export interface Matcher {
  readonly label: string
  readonly operator: "=" | "!=" | "=~" | "!~"
  readonly value: string
  readonly matches: (value: string) => boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Selector {
  readonly text: string
  readonly name: string
  readonly matchers: ReadonlyArray<Matcher>
}

/**
 * Reads a selector; undefined when it is none that names a metric, or none that can be understood.
 *
 * **Example** (A name and two matchers)
 *
 * ```ts import.meta.vitest
 * import * as Selector from "surety/signals/Selector"
 *
 * const selector = Selector.parse('calls{kind=~"b|c",zone=""}')
 * selector?.matchers.map(({ label }) => label) // => ["kind", "zone"]
 * selector && Selector.selects(selector, new Map([["kind", "b"]])) // => true
 * Selector.parse("rate(calls[5m])") // => undefined
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Selector | undefined => {
  const [, name, inside = ""] = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? []
  const written = pairs(inside)
  if (name === undefined || written === undefined) return undefined
  const matchers: Array<Matcher> = []
  for (const pair of written) {
    const matches = testOf(pair)
    if (matches === undefined) return undefined
    matchers.push({ ...pair, matches })
  }
  return { text, name, matchers }
}

/**
 * The selectors of an expression, in the order in which they stand there; each must have braces.
 *
 * **Example** (Two of them, and a text that looks like one)
 *
 * ```ts import.meta.vitest
 * import * as Selector from "surety/signals/Selector"
 *
 * const found = Selector.within('sum by (kind) (rate(calls{kind!="x{y}"}[5m])) / on (kind) limit{}')
 * found.map(({ text }) => text) // => ['calls{kind!="x{y}"}', "limit{}"]
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const within = (expr: string): ReadonlyArray<Selector> =>
  [...expr.matchAll(/"(?:[^"\\]|\\.)*"|[A-Za-z_:][\w:]*\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}/gs)].flatMap(([text]) =>
    text.startsWith('"') ? [] : (parse(text) ?? [])
  )

/**
 * Whether a selector finds a series of its metric that has these labels.
 *
 * @category rules
 * @since 0.1.0
 */
export const selects = ({ matchers }: Selector, labels: ReadonlyMap<string, string>): boolean =>
  matchers.every(({ label, matches }) => matches(labels.get(label) ?? ""))

/**
 * What stands between the braces, of a selector or of a line that is scraped; undefined when it cannot be read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const pairs = (inside: string): ReadonlyArray<Omit<Matcher, "matches">> | undefined => {
  const found: Array<Omit<Matcher, "matches">> = []
  part.lastIndex = 0
  while (part.lastIndex < inside.length) {
    const [, label, operator, value] = part.exec(inside) ?? []
    if (label === undefined || value === undefined || !isOperator(operator)) {
      return inside.trim() === "" ? found : undefined
    }
    found.push({ label, operator, value: value.replace(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one)) })
  }
  return found
}

const part = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y

const isOperator = (text: string | undefined): text is Matcher["operator"] =>
  text === "=" || text === "!=" || text === "=~" || text === "!~"

const testOf = ({ operator, value }: Omit<Matcher, "matches">): Matcher["matches"] | undefined => {
  if (operator === "=") return (given) => given === value
  if (operator === "!=") return (given) => given !== value
  try {
    const pattern = new RegExp(`^(?:${value})$`, "s")
    return operator === "=~" ? (given) => pattern.test(given) : (given) => !pattern.test(given)
  } catch {
    return undefined
  }
}
