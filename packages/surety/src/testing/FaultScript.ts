/**
 * Which fault each request of a fake provider meets: a script is a pure value, and
 * `decide` is a pure function of the script, its state and the facts of a request.
 *
 * A script never waits, never reads a clock and draws no random number that its seed
 * does not fix: the same script, asked about the same requests, answers the same.
 * What it has to remember is a record of counters that the caller keeps.
 *
 * Neighbours: `Fault` is what it answers with; `FakeServer` asks it once per request.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Draw from "./Draw.ts"
import * as Fault from "./Fault.ts"

/**
 * A script of faults.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultScript =
  | { readonly _tag: "Sequence"; readonly faults: ReadonlyArray<Fault.Fault>; readonly times: number }
  | { readonly _tag: "Window"; readonly fromMillis: number; readonly toMillis: number; readonly inner: FaultScript }
  | {
      readonly _tag: "Sometimes"
      readonly seed: number
      readonly rate: number
      readonly by: "arrival" | "request"
      readonly inner: FaultScript
    }
  | { readonly _tag: "When"; readonly matches: Matcher; readonly inner: FaultScript }
  | { readonly _tag: "All"; readonly scripts: ReadonlyArray<FaultScript> }

/**
 * What a script may know of a request.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestFacts {
  readonly index: number
  readonly elapsedMillis: number
  readonly method: string
  readonly path: string
  readonly key: string | undefined
  readonly attempt: number
}

/**
 * Which requests a `when` is about; what is absent matches everything.
 *
 * **Details**   In a `path` written as text, `*` stands for anything but a slash and
 * `**` for anything. `key` is the whole key when it is text. `attempt` counts from 1.
 *
 * @category models
 * @since 0.1.0
 */
export interface Matcher {
  readonly method?: string
  readonly path?: string | RegExp
  readonly key?: string | RegExp
  readonly attempt?: number
}

/**
 * What a script remembers: how often each of its parts was asked, by its position.
 *
 * @category models
 * @since 0.1.0
 */
export type State = Readonly<Record<string, number>>

/**
 * The answer of a script, and what to remember for the next question.
 *
 * @category models
 * @since 0.1.0
 */
export interface Decision {
  readonly fault: Fault.Fault
  readonly state: State
}

/**
 * The state before the first request.
 *
 * @category constructors
 * @since 0.1.0
 */
export const initial: State = {}

/**
 * Every request is answered as it should be.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: FaultScript = { _tag: "All", scripts: [] }

/**
 * The nth request meets the nth fault; later ones meet none.
 *
 * **Gotchas**   It counts the requests that reach it: inside `when` or `window` those
 * that match, inside `all` those for which no earlier script had a fault.
 *
 * **Example** (One reset, then all is well)
 *
 * ```ts import.meta.vitest
 * import { Fault, FaultScript } from "surety/testing"
 *
 * const script = FaultScript.of(Fault.resetAfter)
 * const facts = { index: 0, elapsedMillis: 0, method: "GET", path: "/", key: undefined, attempt: 1 }
 * const first = FaultScript.decide(script, FaultScript.initial, facts)
 * first.fault._tag // => "ResetAfter"
 * FaultScript.decide(script, first.state, facts).fault._tag // => "Ok"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (...faults: ReadonlyArray<Fault.Fault>): FaultScript => ({ _tag: "Sequence", faults, times: 1 })

/**
 * A fault, or a run of faults, over and over: `times` times, or for ever.
 *
 * @category constructors
 * @since 0.1.0
 */
export const repeat = (
  fault: Fault.Fault | ReadonlyArray<Fault.Fault>,
  times: number = Number.POSITIVE_INFINITY
): FaultScript => ({ _tag: "Sequence", faults: isMany(fault) ? fault : [fault], times })

/**
 * A fault for every request, or a script, from one moment until just before another,
 * counted from the start of the server.
 *
 * @category constructors
 * @since 0.1.0
 */
export const window = (
  span: { readonly from: Duration.Input; readonly to: Duration.Input },
  inner: Fault.Fault | FaultScript
): FaultScript => ({
  _tag: "Window",
  fromMillis: Duration.toMillis(Duration.fromInputUnsafe(span.from)),
  toMillis: Duration.toMillis(Duration.fromInputUnsafe(span.to)),
  inner: toScript(inner)
})

/**
 * A fault, or a script, for a share of the requests between 0 and 1.
 *
 * **Details**   `by: "arrival"` (the default) draws for the nth request asked about.
 * `by: "request"` draws for method, path, key and attempt, so that the same requests
 * are hit in whatever order they arrive.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sometimes = (
  chance: { readonly seed: number; readonly rate: number; readonly by?: "arrival" | "request" },
  inner: Fault.Fault | FaultScript
): FaultScript => ({
  _tag: "Sometimes",
  seed: chance.seed,
  rate: chance.rate,
  by: chance.by ?? "arrival",
  inner: toScript(inner)
})

/**
 * A fault, or a script, for the requests that match.
 *
 * @category constructors
 * @since 0.1.0
 */
export const when = (matches: Matcher, inner: Fault.Fault | FaultScript): FaultScript => ({
  _tag: "When",
  matches: {
    ...matches,
    ...(matches.path === undefined ? {} : { path: toPattern(matches.path) }),
    ...(matches.key instanceof RegExp ? { key: toPattern(matches.key) } : {})
  },
  inner: toScript(inner)
})

/**
 * Several scripts at once: the first that answers with a fault wins, and the ones
 * after it are not asked.
 *
 * @category constructors
 * @since 0.1.0
 */
export const all = (...scripts: ReadonlyArray<Fault.Fault | FaultScript>): FaultScript => ({
  _tag: "All",
  scripts: scripts.map(toScript)
})

/**
 * The fault that this request meets.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (script: FaultScript, state: State, facts: RequestFacts): Decision =>
  ask(script, "0", state, facts)

/**
 * When a script refuses connections, as far as that is known before any request.
 *
 * **Details**   `windows` are the spans in which every request is refused; `scattered`
 * is `true` when some refusal depends on a request, which no listener can do.
 *
 * @category rules
 * @since 0.1.0
 */
export const refusals = (
  script: FaultScript
): {
  readonly windows: ReadonlyArray<{ readonly fromMillis: number; readonly toMillis: number }>
  readonly scattered: boolean
} => {
  switch (script._tag) {
    case "Sequence":
      return { windows: [], scattered: script.faults.some(isRefuse) }
    case "Window":
      return isAlwaysRefusing(script.inner)
        ? { windows: [{ fromMillis: script.fromMillis, toMillis: script.toMillis }], scattered: false }
        : { windows: [], scattered: mentionsRefusal(script.inner) }
    case "Sometimes":
    case "When":
      return { windows: [], scattered: mentionsRefusal(script.inner) }
    case "All": {
      const parts = script.scripts.map(refusals)
      return { windows: parts.flatMap((part) => part.windows), scattered: parts.some((part) => part.scattered) }
    }
  }
}

const ask = (script: FaultScript, at: string, state: State, facts: RequestFacts): Decision => {
  switch (script._tag) {
    case "Sequence": {
      const asked = state[at] ?? 0
      const length = script.faults.length
      const fault = asked < length * script.times ? script.faults[asked % length] : undefined
      return { fault: fault ?? Fault.ok, state: { ...state, [at]: asked + 1 } }
    }
    case "Window":
      return facts.elapsedMillis >= script.fromMillis && facts.elapsedMillis < script.toMillis
        ? ask(script.inner, `${at}.0`, state, facts)
        : { fault: Fault.ok, state }
    case "Sometimes": {
      const asked = state[at] ?? 0
      const next = { ...state, [at]: asked + 1 }
      const subject =
        script.by === "arrival" ? String(asked) : `${facts.method} ${facts.path} ${facts.key ?? ""} ${facts.attempt}`
      return Draw.uniform(script.seed, subject) < script.rate
        ? ask(script.inner, `${at}.0`, next, facts)
        : { fault: Fault.ok, state: next }
    }
    case "When":
      return isMatch(script.matches, facts) ? ask(script.inner, `${at}.0`, state, facts) : { fault: Fault.ok, state }
    case "All": {
      let current = state
      for (const [index, part] of script.scripts.entries()) {
        const decision = ask(part, `${at}.${index}`, current, facts)
        if (decision.fault._tag !== "Ok") return decision
        current = decision.state
      }
      return { fault: Fault.ok, state: current }
    }
  }
}

const isMatch = (matches: Matcher, facts: RequestFacts): boolean =>
  (matches.method === undefined || matches.method.toUpperCase() === facts.method.toUpperCase()) &&
  (matches.path === undefined || toPattern(matches.path).test(facts.path)) &&
  (matches.key === undefined ||
    (typeof matches.key === "string"
      ? matches.key === facts.key
      : facts.key !== undefined && matches.key.test(facts.key))) &&
  (matches.attempt === undefined || matches.attempt === facts.attempt)

// `g` and `y` make a RegExp remember where it stopped, which a pure rule must not.
const toPattern = (pattern: string | RegExp): RegExp =>
  typeof pattern === "string"
    ? new RegExp(
        `^${pattern
          .split(/(\*\*|\*)/)
          .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
          .join("")}$`
      )
    : pattern.global || pattern.sticky
      ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""))
      : pattern

const isMany = (fault: Fault.Fault | ReadonlyArray<Fault.Fault>): fault is ReadonlyArray<Fault.Fault> =>
  Array.isArray(fault)

const toScript = (inner: Fault.Fault | FaultScript): FaultScript => {
  switch (inner._tag) {
    case "Sequence":
    case "Window":
    case "Sometimes":
    case "When":
    case "All":
      return inner
    default:
      return repeat(inner)
  }
}

const isRefuse = (fault: Fault.Fault): boolean => fault._tag === "Refuse"

const isAlwaysRefusing = (script: FaultScript): boolean =>
  script._tag === "Sequence" &&
  script.times === Number.POSITIVE_INFINITY &&
  script.faults.length > 0 &&
  script.faults.every(isRefuse)

const mentionsRefusal = (script: FaultScript): boolean => {
  const found = refusals(script)
  return found.scattered || found.windows.length > 0 || isAlwaysRefusing(script)
}
