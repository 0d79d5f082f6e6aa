/**
 * What of our own telemetry is lost, made visible: counted by signal and reason, and told once per outage. Exporters drop
 * in silence, and a dashboard that is empty looks like a service that is well.
 *
 * Neighbours: `OtlpRelay` and `PrometheusText` tell it, and so do the exporters of `@surety/opentelemetry`. It sends nothing.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as LogEvent from "../signals/LogEvent.ts"
import * as SignalName from "../signals/SignalName.ts"
import * as TelemetrySeries from "../signals/TelemetrySeries.ts"

/**
 * @category models
 * @since 0.1.0
 */
export const kinds = TelemetrySeries.kinds

/** @category models @since 0.1.0 */
export type Kind = (typeof kinds)[number]

/**
 * Why telemetry did not arrive, as `TelemetrySeries` explains it.
 *
 * @category models
 * @since 0.1.0
 */
export const exportReasons = TelemetrySeries.exportReasons

/**
 * Why a series is not on the page of a scrape.
 *
 * @category models
 * @since 0.1.0
 */
export const scrapeReasons = TelemetrySeries.scrapeReasons

/** @category models @since 0.1.0 */
export type Reason = (typeof exportReasons)[number] | (typeof scrapeReasons)[number]

/**
 * The losses of one signal.
 *
 * @category models
 * @since 0.1.0
 */
export interface TelemetryLoss {
  readonly kind: Kind
  /** Items are gone. */
  readonly drop: (reason: Reason, items: number) => void
  /** They could not be delivered, and may yet be: an outage begins. */
  readonly failing: (reason: Reason) => void
  /** A delivery arrived: the outage is over. */
  readonly delivered: () => void
  /** The program ends: what an outage has cost that is not over is told. */
  readonly end: () => void
  /** Whether deliveries fail at present. */
  readonly isFailing: () => boolean
}

/** How long a queue that overflows without an outage stays quiet in the log. */
const quietMillis = 60_000

/**
 * Registers the series of a signal at 0.
 *
 * **Details**   Counts go to the metric registry, and lines to the loggers, of the context it is made in. An outage is two
 * lines: `integration.telemetry.outage` when it begins, and `integration.telemetry.restored` with what was lost, or
 * `integration.telemetry.lost` where the program ends first.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (kind: Kind, reasons: ReadonlyArray<Reason>): Effect.Effect<TelemetryLoss> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.map(Clock.Clock, (clock) => new Ledger(kind, reasons, context, clock))
  )

class Ledger implements TelemetryLoss {
  readonly kind: Kind
  readonly #context: Context.Context<never>
  readonly #clock: Clock.Clock
  readonly #dropped: ReadonlyMap<Reason, Metric.Counter<number>>
  readonly #time: Metric.Gauge<number>
  #outage: { readonly sinceMillis: number; lost: number } | undefined = undefined
  #toldMillis = -Infinity

  constructor(kind: Kind, reasons: ReadonlyArray<Reason>, context: Context.Context<never>, clock: Clock.Clock) {
    this.kind = kind
    this.#context = context
    this.#clock = clock
    this.#dropped = new Map(reasons.map((reason) => [reason, counter(kind, reason)]))
    this.#time = Metric.gauge(SignalName.telemetryExportTime.name, {
      description: "When the collector last took this signal.",
      attributes: { signal: kind, unit: "s" }
    })
    for (const series of this.#dropped.values()) series.valueUnsafe(context)
    if (reasons.some((reason) => reason === "unreachable")) this.#time.valueUnsafe(context)
  }

  readonly drop = (reason: Reason, items: number): void => {
    if (items <= 0) return
    const series = this.#dropped.get(reason) ?? counter(this.kind, reason)
    series.updateUnsafe(items, this.#context)
    if (this.#outage !== undefined) {
      this.#outage.lost += items
      return
    }
    const now = this.#now()
    if (now - this.#toldMillis < quietMillis) return
    this.#toldMillis = now
    this.#tell(LogEvent.telemetryDropped, { reason, items })
  }

  readonly failing = (reason: Reason): void => {
    if (this.#outage !== undefined) return
    this.#outage = { sinceMillis: this.#now(), lost: 0 }
    this.#tell(LogEvent.telemetryOutage, { reason })
  }

  readonly delivered = (): void => {
    const now = this.#now()
    this.#time.updateUnsafe(this.#clock.currentTimeMillisUnsafe() / 1000, this.#context)
    if (this.#outage === undefined) return
    const { lost, sinceMillis } = this.#outage
    this.#outage = undefined
    this.#tell(LogEvent.telemetryRestored, { lost, after_seconds: Math.round((now - sinceMillis) / 1000) })
  }

  readonly end = (): void => {
    if (this.#outage === undefined) return
    this.#tell(LogEvent.telemetryLost, { lost: this.#outage.lost })
    this.#outage = undefined
  }

  readonly isFailing = (): boolean => this.#outage !== undefined

  /** Monotonic, in milliseconds. */
  #now(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  }

  #tell(event: string, facts: Readonly<Record<string, unknown>>): void {
    Effect.runForkWith(this.#context)(
      Effect.annotateLogs(Effect.logWarning(event), { "telemetry.signal": this.kind, ...facts })
    )
  }
}

const counter = (signal: Kind, reason: Reason): Metric.Counter<number> =>
  Metric.counter(SignalName.telemetryDropped.name, {
    description: "Telemetry of this process that did not arrive.",
    incremental: true,
    attributes: { signal, reason, unit: "{item}" }
  })
