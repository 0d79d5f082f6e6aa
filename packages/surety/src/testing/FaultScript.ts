/**
 * The faults that the requests of a test meet, in the order a test tells them: a
 * script is a rule as plain data that `Provider.layerFake` also takes by itself.
 *
 * It decides nothing and remembers nothing: a script is a value, used as often as one
 * likes.
 *
 * Neighbours: `FaultRule` is the data and the decision, `Fault` the vocabulary,
 * `FakeProvider` what runs under a script.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { Transport } from "../http/Transport.ts"
import type * as Provider from "../Provider.ts"
import * as FakeProvider from "./FakeProvider.ts"
import type * as Fault from "./Fault.ts"
import * as FaultRule from "./FaultRule.ts"

/**
 * A script of faults.
 *
 * **Details**   A rule that can stand in for a provider's network: given to `layerFake` it runs
 * under a `FakeProvider` with sampled answers, a new one each time the layer is built. Give
 * `layerFake` a `FakeProvider` instead to write handlers and to read its log.
 *
 * **Example** (The first charge is applied, then reset)
 *
 * ```ts
 * program.pipe(Effect.provide(Payments.layerFake(FaultScript.of(Fault.resetAfter))))
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export type FaultScript = FaultRule.FaultRule & Provider.Fake<Transport>

export type { Decision, Matcher, RequestFacts, State } from "./FaultRule.ts"
export { decide, initial, refusals } from "./FaultRule.ts"

const prototype: Provider.Fake<Transport> & ThisType<FaultRule.FaultRule> = {
  layerFor(contract) {
    return FakeProvider.make(contract, { script: this }).layerFor(contract)
  }
}

// The method stands on the prototype: as data, a script is its rule.
const makeScript = (rule: FaultRule.FaultRule): FaultScript => Object.assign(Object.create(prototype), rule)

/**
 * Every request is answered as it should be.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: FaultScript = makeScript(FaultRule.none)

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
export const of = (...faults: ReadonlyArray<Fault.Fault>): FaultScript =>
  makeScript({ _tag: "Sequence", faults, times: 1 })

/**
 * A fault, or a run of faults, over and over: `times` times, or for ever.
 *
 * @category constructors
 * @since 0.1.0
 */
export const repeat = (
  fault: Fault.Fault | ReadonlyArray<Fault.Fault>,
  times: number = Number.POSITIVE_INFINITY
): FaultScript => makeScript({ _tag: "Sequence", faults: isMany(fault) ? fault : [fault], times })

/**
 * A fault for every request, or a script, from one moment until just before another,
 * counted from the start of the server.
 *
 * @category constructors
 * @since 0.1.0
 */
export const window = (
  span: { readonly from: Duration.Input; readonly to: Duration.Input },
  inner: Fault.Fault | FaultRule.FaultRule
): FaultScript =>
  makeScript({
    _tag: "Window",
    fromMillis: Duration.toMillis(Duration.fromInputUnsafe(span.from)),
    toMillis: Duration.toMillis(Duration.fromInputUnsafe(span.to)),
    inner: toRule(inner)
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
  inner: Fault.Fault | FaultRule.FaultRule
): FaultScript =>
  makeScript({
    _tag: "Sometimes",
    seed: chance.seed,
    rate: chance.rate,
    by: chance.by ?? "arrival",
    inner: toRule(inner)
  })

/**
 * A fault, or a script, for the requests that match.
 *
 * @category constructors
 * @since 0.1.0
 */
export const when = (matches: FaultRule.Matcher, inner: Fault.Fault | FaultRule.FaultRule): FaultScript =>
  makeScript({
    _tag: "When",
    matches: {
      ...matches,
      ...(matches.path === undefined ? {} : { path: FaultRule.toPattern(matches.path) }),
      ...(matches.key instanceof RegExp ? { key: FaultRule.toPattern(matches.key) } : {})
    },
    inner: toRule(inner)
  })

/**
 * Several scripts at once: the first that answers with a fault wins, and the ones
 * after it are not asked.
 *
 * @category constructors
 * @since 0.1.0
 */
export const all = (...scripts: ReadonlyArray<Fault.Fault | FaultRule.FaultRule>): FaultScript =>
  makeScript({ _tag: "All", rules: scripts.map(toRule) })

const isMany = (fault: Fault.Fault | ReadonlyArray<Fault.Fault>): fault is ReadonlyArray<Fault.Fault> =>
  Array.isArray(fault)

const toRule = (inner: Fault.Fault | FaultRule.FaultRule): FaultRule.FaultRule => {
  switch (inner._tag) {
    case "Sequence":
    case "Window":
    case "Sometimes":
    case "When":
    case "All":
      return inner
    default:
      return { _tag: "Sequence", faults: [inner], times: Number.POSITIVE_INFINITY }
  }
}
