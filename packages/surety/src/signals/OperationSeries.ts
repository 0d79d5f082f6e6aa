/**
 * The series of one operation, declared into a sink, each exactly once.
 *
 * Neighbours: `ProviderSeries` has what an operation shares with the others.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { reasonsToStop, type Stopped } from "../CallError.ts"
import type * as Contract from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import * as Endings from "./Endings.ts"
import * as ErrorType from "./ErrorType.ts"
import * as HttpExchange from "./HttpExchange.ts"
import { type Attributes, durationBounds, type Sink } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * The series of the exchanges of an operation over HTTP.
 *
 * **Details**   `durations`: by status where the answer was a success, else by `error.type`.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExchangeSeries<out G, out H> {
  readonly active: G
  readonly durations: ReadonlyMap<number | string, H>
}

/**
 * **Details**   `endings`: by `Endings.keyOf`. `keys`: under an idempotency key only; `lost`: of mutations that sending
 * again does not settle; `fallbacks`: where one is declared; `cache`: where
 * answers are kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface OperationSeries<out C, out G, out H> {
  readonly endings: ReadonlyMap<string, H>
  readonly attempts: Readonly<Record<(typeof SignalName.attemptTypes)[number], C>>
  readonly suppressed: Readonly<Record<Stopped, C>>
  readonly violations: Readonly<Record<(typeof SignalName.violations)[number], C>>
  readonly notices: Readonly<Record<(typeof SignalName.noticeKinds)[number], C>>
  readonly sunset: G
  readonly fallbacks: C | undefined
  readonly cache: Readonly<Record<(typeof SignalName.cacheResults)[number], C>> | undefined
  readonly unknownCalls: C
  readonly reconciled: C
  readonly lost: { readonly count: G; readonly age: G } | undefined
  readonly keys: Readonly<Record<(typeof SignalName.keyResults)[number], C>> | undefined
  readonly exchange: ExchangeSeries<G, H> | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = <C, G, H>(
  sink: Sink<C, G, H>,
  operation: Operation.Any,
  contract: Contract.Any,
  bounds: ReadonlyArray<number>
): OperationSeries<C, G, H> => {
  const own: Attributes = { [SignalName.operation]: operation.name }
  const { fallback, idempotency: plan } = operation
  const counter = (signal: SignalName.Signal<"counter">): C => sink.counter(signal, own)
  const each = <const K extends string>(
    signal: SignalName.Signal<"counter">,
    attribute: string,
    values: ReadonlyArray<K>
  ): Readonly<Record<K, C>> => byValue(values, (value) => sink.counter(signal, { ...own, [attribute]: value }))
  const endings = new Map<string, H>()
  for (const [key, ending] of Endings.of(operation, contract)) {
    const attributes = { ...own, ...Endings.attributesOf(ending) }
    endings.set(key, sink.histogram(SignalName.operationDuration, attributes, bounds))
  }
  return {
    endings,
    attempts: each(SignalName.attempts, "attempt.type", SignalName.attemptTypes),
    suppressed: each(SignalName.retrySuppressed, "reason", reasonsToStop),
    violations: each(SignalName.contractViolations, "violation", SignalName.violations),
    notices: each(SignalName.deprecationResponses, "kind", SignalName.noticeKinds),
    sunset: sink.gauge(SignalName.sunsetTime, own),
    fallbacks:
      fallback === undefined
        ? undefined
        : sink.counter(SignalName.fallbacks, { ...own, to: fallback._tag.toLowerCase() }),
    cache:
      fallback?._tag === "Stale" || HttpExchange.endpointOf(operation)?.statuses.includes(304) === true
        ? each(SignalName.cacheRequests, "result", SignalName.cacheResults)
        : undefined,
    unknownCalls: counter(SignalName.unknownCalls),
    reconciled: counter(SignalName.reconciled),
    lost:
      plan !== undefined && plan._tag !== "Natural"
        ? { count: sink.gauge(SignalName.unknown, own), age: sink.gauge(SignalName.unknownAge, own) }
        : undefined,
    keys: plan?._tag === "Key" ? each(SignalName.idempotencyKeys, "result", SignalName.keyResults) : undefined,
    exchange: exchangeOf(sink, operation, contract, own)
  }
}

/**
 * One value for each member of a closed set.
 *
 * @category constructors
 * @since 0.1.0
 */
export const byValue = <const K extends string, A>(
  values: ReadonlyArray<K>,
  make: (value: K) => A
): Readonly<Record<K, A>> =>
  // `fromEntries` forgets the names
  Object.fromEntries(values.map((value) => [value, make(value)])) as Record<K, A>

const exchangeOf = <C, G, H>(
  sink: Sink<C, G, H>,
  operation: Operation.Any,
  contract: Contract.Any,
  own: Attributes
): ExchangeSeries<G, H> | undefined => {
  const endpoint = HttpExchange.endpointOf(operation)
  if (endpoint === undefined) return undefined
  const attributes = { ...own, ...HttpExchange.attributesOf(endpoint, contract) }
  const durations = new Map<number | string, H>()
  const add = (key: number | string, rest: Attributes): void => {
    durations.set(key, sink.histogram(SignalName.requestDuration, { ...attributes, ...rest }, durationBounds))
  }
  const answered = (status: number | string): Attributes => ({ "http.response.status_code": String(status) })
  const coarse = contract.signals.detail === "fault"
  for (const status of coarse ? endpoint.statuses.slice(0, 1) : endpoint.statuses) add(status, answered(status))
  for (const type of coarse ? [] : HttpExchange.refusalsOf(operation).map(String)) {
    add(type, { ...answered(type), [SignalName.errorType]: type })
  }
  for (const type of coarse ? [ErrorType.other] : HttpExchange.broken) add(type, { [SignalName.errorType]: type })
  return { active: sink.gauge(SignalName.activeRequests, attributes), durations }
}
