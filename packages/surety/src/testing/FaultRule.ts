/**
 * Which fault each request of a fake provider meets: a rule is plain data, and
 * `decide` is a pure function of the rule, its state and the facts of a request.
 *
 * A rule never waits, never reads a clock and draws no random number that its seed
 * does not fix: the same rule, asked about the same requests, answers the same.
 * What it has to remember is a record of counters that the caller keeps.
 *
 * Neighbours: `FaultScript` builds rules; `Fault` is what one answers with;
 * `FakeServer` asks it once per request.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Draw from "./Draw.ts"
import * as Fault from "./Fault.ts"

/**
 * A rule for faults, as data.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultRule =
  | { readonly _tag: "Sequence"; readonly faults: ReadonlyArray<Fault.Fault>; readonly times: number }
  | { readonly _tag: "Window"; readonly fromMillis: number; readonly toMillis: number; readonly inner: FaultRule }
  | {
      readonly _tag: "Sometimes"
      readonly seed: number
      readonly rate: number
      readonly by: "arrival" | "request"
      readonly inner: FaultRule
    }
  | { readonly _tag: "When"; readonly matches: Matcher; readonly inner: FaultRule }
  | { readonly _tag: "All"; readonly rules: ReadonlyArray<FaultRule> }

/**
 * What a rule may know of a request.
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
  /** where the fake knows the contract that it serves */
  readonly operation?: string | undefined
}

/**
 * Which requests a `when` is about; what is absent matches everything.
 *
 * **Details**   In a `path` written as text, `*` stands for anything but a slash and
 * `**` for anything. `key` is the whole key when it is text. `attempt` counts from 1. `operation` is
 * the name in the contract, for fakes that are made from one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Matcher {
  readonly method?: string
  readonly path?: string | RegExp
  readonly key?: string | RegExp
  readonly attempt?: number
  readonly operation?: string
}

/**
 * What a rule remembers: how often each of its parts was asked, by its position.
 *
 * @category models
 * @since 0.1.0
 */
export type State = Readonly<Record<string, number>>

/**
 * The answer of a rule, and what to remember for the next question.
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
 * No fault, ever.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: FaultRule = { _tag: "All", rules: [] }

/**
 * The fault that this request meets.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (rule: FaultRule, state: State, facts: RequestFacts): Decision => ask(rule, "0", state, facts)

/**
 * When a rule refuses connections, as far as that is known before any request.
 *
 * **Details**   `windows` are the spans in which every request is refused; `scattered`
 * is `true` when some refusal depends on a request, which no listener can do.
 *
 * @category rules
 * @since 0.1.0
 */
export const refusals = (
  rule: FaultRule
): {
  readonly windows: ReadonlyArray<{ readonly fromMillis: number; readonly toMillis: number }>
  readonly scattered: boolean
} => {
  switch (rule._tag) {
    case "Sequence":
      return { windows: [], scattered: rule.faults.some(isRefuse) }
    case "Window":
      return isAlwaysRefusing(rule.inner)
        ? { windows: [{ fromMillis: rule.fromMillis, toMillis: rule.toMillis }], scattered: false }
        : { windows: [], scattered: mentionsRefusal(rule.inner) }
    case "Sometimes":
    case "When":
      return { windows: [], scattered: mentionsRefusal(rule.inner) }
    case "All": {
      const parts = rule.rules.map(refusals)
      return { windows: parts.flatMap((part) => part.windows), scattered: parts.some((part) => part.scattered) }
    }
  }
}

const ask = (rule: FaultRule, at: string, state: State, facts: RequestFacts): Decision => {
  switch (rule._tag) {
    case "Sequence": {
      const asked = state[at] ?? 0
      const length = rule.faults.length
      const fault = asked < length * rule.times ? rule.faults[asked % length] : undefined
      return { fault: fault ?? Fault.ok, state: { ...state, [at]: asked + 1 } }
    }
    case "Window":
      return facts.elapsedMillis >= rule.fromMillis && facts.elapsedMillis < rule.toMillis
        ? ask(rule.inner, `${at}.0`, state, facts)
        : { fault: Fault.ok, state }
    case "Sometimes": {
      const asked = state[at] ?? 0
      const next = { ...state, [at]: asked + 1 }
      const subject =
        rule.by === "arrival" ? String(asked) : `${facts.method} ${facts.path} ${facts.key ?? ""} ${facts.attempt}`
      return Draw.uniform(rule.seed, subject) < rule.rate
        ? ask(rule.inner, `${at}.0`, next, facts)
        : { fault: Fault.ok, state: next }
    }
    case "When":
      return isMatch(rule.matches, facts) ? ask(rule.inner, `${at}.0`, state, facts) : { fault: Fault.ok, state }
    case "All": {
      let current = state
      for (const [index, part] of rule.rules.entries()) {
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
  (matches.attempt === undefined || matches.attempt === facts.attempt) &&
  (matches.operation === undefined || matches.operation === facts.operation)

// `g` and `y` make a RegExp remember where it stopped, which a pure rule must not.
/** @internal */
export const toPattern = (pattern: string | RegExp): RegExp =>
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

const isRefuse = (fault: Fault.Fault): boolean => fault._tag === "Refuse"

const isAlwaysRefusing = (rule: FaultRule): boolean =>
  rule._tag === "Sequence" &&
  rule.times === Number.POSITIVE_INFINITY &&
  rule.faults.length > 0 &&
  rule.faults.every(isRefuse)

const mentionsRefusal = (rule: FaultRule): boolean => {
  const found = refusals(rule)
  return found.scattered || found.windows.length > 0 || isAlwaysRefusing(rule)
}
