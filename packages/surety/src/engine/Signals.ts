/**
 * The series of a running provider: bound when the layer is built and registered at 0, so that an alert sees the first
 * event. Updating one is an addition; gauges are read when somebody looks.
 *
 * Neighbours: `signals/SeriesCatalog` says which series there are, and is what is registered here; `Call` updates them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type * as Contract from "../Contract.ts"
import * as Endings from "../signals/Endings.ts"
import * as ErrorType from "../signals/ErrorType.ts"
import * as HttpExchange from "../signals/HttpExchange.ts"
import type { ExchangeSeries, OperationSeries } from "../signals/OperationSeries.ts"
import type { Attributes, Sink } from "../signals/Series.ts"
import * as SeriesCatalog from "../signals/SeriesCatalog.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { LostCalls } from "./LostCalls.ts"
import type { Time } from "./Time.ts"

/**
 * One counter series.
 *
 * @category models
 * @since 0.1.0
 */
export class Counter {
  value = 0
}

/**
 * One gauge series, read when somebody looks.
 *
 * @category models
 * @since 0.1.0
 */
export class Gauge {
  read: () => number = zero
}

const zero = (): number => 0

/**
 * One histogram series.
 *
 * @category models
 * @since 0.1.0
 */
export class Histogram {
  private readonly bounds: ReadonlyArray<number>
  private readonly counts: Float64Array
  private count = 0
  private sum = 0
  private min = Infinity
  private max = -Infinity

  constructor(bounds: ReadonlyArray<number>) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  record(millis: number): void {
    const { bounds, counts } = this
    const seconds = millis / 1000
    let at = 0
    while (at < bounds.length && seconds > (bounds[at] ?? Infinity)) at++
    counts[at] = (counts[at] ?? 0) + 1
    this.count++
    this.sum += seconds
    if (seconds < this.min) this.min = seconds
    if (seconds > this.max) this.max = seconds
  }

  state(): Metric.HistogramState {
    let running = 0
    const buckets: Array<[number, number]> = this.bounds.map((bound, i) => {
      running += this.counts[i] ?? 0
      return [bound, running]
    })
    const some = this.count > 0
    return { buckets, count: this.count, min: some ? this.min : 0, max: some ? this.max : 0, sum: this.sum }
  }
}

/**
 * Binds series of one provider to the metric registry of a context.
 *
 * @category models
 * @since 0.1.0
 */
export class Registry implements Sink<Counter, Gauge, Histogram> {
  /** How many were registered. */
  histograms = 0
  private readonly registry: Metric.MetricRegistry
  /** What every series carries besides its own attributes. */
  private readonly extra: Attributes
  private readonly provider: string
  private readonly registered = new Map<string, Metric.Metric.Metadata<never, unknown>>()

  constructor(context: Context.Context<never>, provider: string) {
    this.registry = Context.get(context, Metric.MetricRegistry)
    this.extra = Context.get(context, Metric.CurrentMetricAttributes)
    this.provider = provider
  }

  counter(signal: SignalName.Signal<"counter">, attributes: Attributes): Counter {
    const counter = new Counter()
    this.register("Counter", signal, attributes, () => ({ count: counter.value, incremental: true }))
    return counter
  }

  gauge(signal: SignalName.Signal<"gauge">, attributes: Attributes): Gauge {
    const gauge = new Gauge()
    this.register("Gauge", signal, attributes, () => ({ value: gauge.read() }))
    return gauge
  }

  histogram(
    signal: SignalName.Signal<"histogram">,
    attributes: Attributes,
    boundaries: ReadonlyArray<number>
  ): Histogram {
    this.histograms++
    const histogram = new Histogram(boundaries)
    this.register("Histogram", signal, attributes, () => histogram.state())
    return histogram
  }

  /** Takes every series away again that nobody has registered anew. */
  close(): void {
    for (const [key, metadata] of this.registered) if (this.registry.get(key) === metadata) this.registry.delete(key)
  }

  /** As `Metric.registerUnsafe` does it; that ships every kind of metric, with state of its own that is never read. */
  private register(type: Metric.Metric.Type, signal: SignalName.Signal, own: Attributes, get: () => unknown): void {
    const { name: id, unit } = signal
    const attributes = {
      [SignalName.provider]: this.provider,
      ...own,
      ...(unit === undefined ? undefined : { unit }),
      ...this.extra
    }
    const entries = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1))
    const key = JSON.stringify([type, id, undefined, entries])
    const metadata = { id, type, description: undefined, attributes, hooks: { get, update: ignore, modify: ignore } }
    this.registry.set(key, metadata)
    this.registered.set(key, metadata)
  }
}

const ignore = (): void => {}

/**
 * The exchanges of one operation over HTTP.
 *
 * @category models
 * @since 0.1.0
 */
export class ExchangeSignals {
  active = 0
  private readonly durations: ExchangeSeries<Gauge, Histogram>["durations"]
  private readonly answered: Histogram | undefined

  constructor({ active, durations }: ExchangeSeries<Gauge, Histogram>) {
    active.read = () => this.active
    this.durations = durations
    // the first status of the endpoint stands for every success that is not declared
    this.answered = durations.values().next().value
  }

  ended(status: number | undefined, type: string | undefined, millis: number): void {
    const broke = HttpExchange.errorTypeOf(status, type)
    const { durations } = this
    const series =
      broke === undefined
        ? (durations.get(status ?? 0) ?? this.answered)
        : (durations.get(broke) ?? durations.get(`${broke[0]}xx`) ?? durations.get(ErrorType.other))
    series?.record(millis)
  }
}

/**
 * The series of one operation.
 *
 * @category models
 * @since 0.1.0
 */
export class OperationSignals {
  readonly series: OperationSeries<Counter, Gauge, Histogram>
  readonly attempts: OperationSeries<Counter, Gauge, Histogram>["attempts"]
  readonly keys: OperationSeries<Counter, Gauge, Histogram>["keys"]
  readonly exchange: ExchangeSignals | undefined
  readonly lost: LostCalls | undefined = undefined
  /** Epoch milliseconds, 0 as long as none is known: what answers say, else what the contract declares. */
  sunsetAt: number
  /** Monotonic time of the last answer that said it; `Infinity` as long as none has. */
  sunsetSeenAt = Infinity
  readonly declaredSunsetAt: number
  private readonly success: Histogram | undefined

  constructor(
    series: OperationSeries<Counter, Gauge, Histogram>,
    time: Time,
    sunset: string | undefined,
    calls: LostCalls | undefined
  ) {
    this.series = series
    this.sunsetAt = this.declaredSunsetAt = sunset === undefined ? 0 : Date.parse(`${sunset}T00:00:00Z`)
    this.attempts = series.attempts
    this.keys = series.keys
    this.exchange = series.exchange === undefined ? undefined : new ExchangeSignals(series.exchange)
    this.success = series.endings.get(Endings.keyOf("success", undefined, undefined))
    series.sunset.read = () => this.sunsetAt / 1000
    const { lost } = series
    if (lost === undefined || calls === undefined) return
    this.lost = calls
    lost.count.read = () => calls.count(time.now())
    lost.age.read = () => calls.oldestMillis(time.now()) / 1000
  }

  succeeded(millis: number): void {
    this.success?.record(millis)
  }

  /** A kept answer was asked for. */
  cached(result: (typeof SignalName.cacheResults)[number]): void {
    const { cache } = this.series
    if (cache !== undefined) cache[result].value++
  }

  ended(outcome: Endings.Outcome, type: string | undefined, fault: ErrorType.Fault | undefined, millis: number): void {
    const { endings } = this.series
    const exact = endings.get(Endings.keyOf(outcome, type, fault))
    if (exact !== undefined || outcome === "cancelled") return exact?.record(millis)
    const series =
      endings.get(Endings.keyOf(outcome, ErrorType.other, fault)) ??
      endings.get(Endings.keyOf("failure", ErrorType.other, "local"))
    series?.record(millis)
  }
}

/**
 * What a provider's layer registers.
 *
 * **Failures**   `RangeError` when the contract needs more histogram series than it may have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const register = (
  registry: Registry,
  contract: Contract.Any
): SeriesCatalog.Declared<Counter, Gauge, Histogram> => {
  const declared = SeriesCatalog.declare(registry, contract)
  SeriesCatalog.refuse(contract, registry.histograms)
  return declared
}
