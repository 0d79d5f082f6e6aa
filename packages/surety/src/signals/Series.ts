/**
 * A time series as data, and the place series are made in: the pure catalogue and the running engine are two sinks of the
 * same declarations, so that what is listed is what is registered.
 *
 * Neighbours: `ProviderSeries` and `OperationSeries` declare into a sink; `SeriesCatalog` is the pure one, the engine's
 * `Registry` the other.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import * as TimeBudget from "../TimeBudget.ts"
import type { Kind, Signal } from "./SignalName.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Attributes = Readonly<Record<string, string>>

/**
 * One series.
 *
 * **Details**   `bounds`: upper bounds of a histogram's buckets, else empty.
 *
 * @category models
 * @since 0.1.0
 */
export interface Series {
  readonly name: string
  readonly kind: Kind
  readonly unit: string | undefined
  readonly attributes: Attributes
  readonly bounds: ReadonlyArray<number>
}

/**
 * Where series are made. What comes back is whatever the sink makes of one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink<out C, out G, out H> {
  readonly counter: (signal: Signal<"counter">, attributes: Attributes) => C
  readonly gauge: (signal: Signal<"gauge">, attributes: Attributes) => G
  readonly histogram: (signal: Signal<"histogram">, attributes: Attributes, bounds: ReadonlyArray<number>) => H
}

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

/**
 * The bounds of a provider's call durations: those of HTTP, every latency that the objective names, and the deadline of
 * every operation, so that neither is ever interpolated. All operations share them, because only then can they be summed.
 *
 * @category rules
 * @since 0.1.0
 */
export const boundsOf = ({ operations, slo }: Contract.Any): ReadonlyArray<number> =>
  [
    ...new Set([
      ...durationBounds,
      ...Object.values(slo.latency).map((bound) => TimeBudget.millisOf(bound) / 1000),
      ...Object.values(operations).map(({ totalMillis }) => totalMillis / 1000)
    ])
  ].sort((a, b) => a - b)
