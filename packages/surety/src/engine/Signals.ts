/**
 * What the engine tells operators: metrics with fixed names, bound to their series when
 * the layer is built and registered at 0, so that an alert sees the first event.
 *
 * Updating a series is one addition; gauges are read when somebody looks.
 *
 * Neighbours: `Call` updates, `Spans` traces. Names follow OpenTelemetry's rules for
 * units and attributes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type { Fault } from "../Failure.ts"
import { reasonsToStop } from "../CallError.ts"
import type { Operations } from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import { AttemptTimeout, ConnectionLost, ContractViolation, NotSent, UndeclaredStatus } from "../TransportFailure.ts"

/**
 * How a call ended, for metrics.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = "success" | "failure" | "rejected" | "degraded" | "cancelled"

/**
 * Upper bounds of the duration buckets in seconds.
 *
 * @source OpenTelemetry semantic conventions, http.client.request.duration
 * @category constants
 * @since 0.1.0
 */
export const durationBounds: ReadonlyArray<number> = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
]

class Histogram {
  private readonly counts: Float64Array
  private count = 0
  private sum = 0
  private min = Infinity
  private max = -Infinity

  constructor() {
    this.counts = new Float64Array(durationBounds.length + 1)
  }

  record(seconds: number): void {
    let at = 0
    while (at < durationBounds.length && seconds > (durationBounds[at] ?? Infinity)) at++
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.count++
    this.sum += seconds
    if (seconds < this.min) this.min = seconds
    if (seconds > this.max) this.max = seconds
  }

  state(): Metric.HistogramState {
    let running = 0
    const buckets: Array<[number, number]> = durationBounds.map((bound, i) => {
      running += this.counts[i] ?? 0
      return [bound, running]
    })
    const some = this.count > 0
    return { buckets, count: this.count, min: some ? this.min : 0, max: some ? this.max : 0, sum: this.sum }
  }
}

/**
 * One counter series.
 *
 * @category models
 * @since 0.1.0
 */
export class Counter {
  value = 0
}

const transportFailures = [NotSent, ConnectionLost, AttemptTimeout, UndeclaredStatus, ContractViolation]
const refusals = [
  "CircuitOpen",
  "BulkheadFull",
  "RateLimitSaturated",
  "BudgetExhausted",
  "CredentialUnavailable",
  "ScopeMissing",
  "CredentialRejected",
  "StoreUnavailable",
  "KeyRefused"
]
const attemptTypes = ["original", "retry", "hedge", "auth_replay"] as const
const violations = ["undeclared_status", "decode", "oversize", "content_type", "redirect", "request"]

/**
 * The series of one operation.
 *
 * @category models
 * @since 0.1.0
 */
export class OperationSignals {
  readonly durations = new Map<string, Histogram>()
  readonly attempts: Readonly<Record<(typeof attemptTypes)[number], Counter>>
  readonly suppressed: ReadonlyMap<string, Counter>
  readonly violations: ReadonlyMap<string, Counter>
  readonly unknownOutcomes: Counter
  readonly reconciled: Counter
  readonly fallbacks: Counter
  readonly deprecations: Counter
  private readonly registry: Registry
  private readonly attributes: Readonly<Record<string, string>>
  private readonly success: Histogram

  constructor(registry: Registry, operation: string) {
    this.registry = registry
    this.attributes = { "integration.operation.name": operation }
    const counter = (name: string, extra?: Readonly<Record<string, string>>) =>
      registry.counter(name, { ...this.attributes, ...extra })
    this.attempts = {
      original: counter("integration.attempts", { "attempt.type": "original" }),
      retry: counter("integration.attempts", { "attempt.type": "retry" }),
      hedge: counter("integration.attempts", { "attempt.type": "hedge" }),
      auth_replay: counter("integration.attempts", { "attempt.type": "auth_replay" })
    }
    this.suppressed = new Map(
      reasonsToStop.map((reason) => [reason, counter("integration.retry.suppressed", { reason })])
    )
    this.violations = new Map(
      violations.map((violation) => [violation, counter("integration.contract.violations", { violation })])
    )
    this.unknownOutcomes = counter("integration.outcome.unknown.calls")
    this.reconciled = counter("integration.outcome.reconciled")
    this.fallbacks = counter("integration.fallbacks")
    this.deprecations = counter("integration.deprecation.responses")
    this.success = this.duration("success", undefined, undefined)
  }

  succeeded(millis: number): void {
    this.success.record(millis / 1000)
  }

  ended(outcome: Outcome, errorType: string | undefined, fault: Fault | "cancelled" | undefined, millis: number): void {
    this.duration(outcome, errorType, fault).record(millis / 1000)
  }

  /** Registers every series that the operation can have at 0. */
  declare(operation: Operation.Any): void {
    for (const failure of [...operation.failures, ...transportFailures]) {
      this.duration("failure", failure.tag, failure.fault)
    }
    for (const refusal of refusals) this.duration("rejected", refusal, "local")
    this.duration("cancelled", undefined, "cancelled")
    if (operation.fallback !== undefined) this.duration("degraded", undefined, undefined)
  }

  private duration(outcome: Outcome, errorType: string | undefined, fault: Fault | "cancelled" | undefined): Histogram {
    const key = errorType === undefined ? outcome : `${outcome} ${errorType}`
    let histogram = this.durations.get(key)
    if (histogram === undefined) {
      histogram = new Histogram()
      this.durations.set(key, histogram)
      const attributes: Record<string, string> = { ...this.attributes, "integration.outcome": outcome }
      if (errorType !== undefined) attributes["error.type"] = errorType
      if (fault !== undefined) attributes["error.fault"] = fault
      const bound = histogram
      this.registry.histogram("integration.operation.duration", attributes, () => bound.state())
    }
    return histogram
  }
}

/**
 * Binds series of one provider to the metric registry of a context.
 *
 * @category models
 * @since 0.1.0
 */
export class Registry {
  private readonly context: Context.Context<never>
  private readonly provider: string
  private readonly registrations: Array<Metric.Registration> = []

  constructor(context: Context.Context<never>, provider: string) {
    this.context = context
    this.provider = provider
  }

  counter(name: string, attributes: Readonly<Record<string, string>>): Counter {
    const counter = new Counter()
    const metric = Metric.counter(name, { incremental: true, attributes: this.all(attributes) })
    this.register(metric, () => ({ count: counter.value, incremental: true }))
    return counter
  }

  gauge(name: string, attributes: Readonly<Record<string, string>>, read: () => number): void {
    const metric = Metric.gauge(name, { attributes: this.all(attributes) })
    this.register(metric, () => ({ value: read() }))
  }

  histogram(name: string, attributes: Readonly<Record<string, string>>, read: () => Metric.HistogramState): void {
    const metric = Metric.histogram(name, {
      boundaries: durationBounds,
      attributes: this.all({ ...attributes, unit: "s" })
    })
    this.register(metric, read)
  }

  /** Takes every series away again. */
  close(): void {
    for (const registration of this.registrations) registration.remove()
  }

  private all(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return { "integration.provider.name": this.provider, ...attributes }
  }

  private register<Input, State>(metric: Metric.Metric<Input, State>, get: () => State): void {
    const hooks = { get, update: ignore, modify: ignore }
    this.registrations.push(Metric.registerUnsafe(metric, this.context, hooks))
  }
}

const ignore = (): void => {}

/**
 * Every operation's series.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forOperations = (registry: Registry, operations: Operations): ReadonlyMap<string, OperationSignals> => {
  const all = new Map<string, OperationSignals>()
  for (const [name, operation] of Object.entries(operations)) {
    const signals = new OperationSignals(registry, name)
    signals.declare(operation)
    all.set(name, signals)
  }
  return all
}
