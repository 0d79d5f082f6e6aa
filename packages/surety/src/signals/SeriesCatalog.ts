/**
 * Every series that a running provider registers, as data, from its contract alone: what generated rules and dashboards may
 * name, and what a scrape of a process that has done nothing shows at 0.
 *
 * Neighbours: the engine declares the same `ProviderSeries` and `OperationSeries` into its registry.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import * as OperationSeries from "./OperationSeries.ts"
import * as ProviderSeries from "./ProviderSeries.ts"
import { boundsOf, type Series, type Sink } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * The series of a contract, in the order in which they are registered.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (contract: Contract.Any): ReadonlyArray<Series> => {
  const found: Array<Series> = []
  declare(collecting(contract.id, found), contract)
  return found
}

/**
 * Declares every series of a contract into a sink.
 *
 * @category constructors
 * @since 0.1.0
 */
export const declare = <C, G, H>(sink: Sink<C, G, H>, contract: Contract.Any): Declared<C, G, H> => {
  const bounds = boundsOf(contract)
  return {
    provider: ProviderSeries.make(sink, contract),
    operations: new Map(
      Object.entries(contract.operations).map(([name, operation]) => [
        name,
        OperationSeries.make(sink, operation, contract, bounds)
      ])
    )
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Declared<out C, out G, out H> {
  readonly provider: ProviderSeries.ProviderSeries<C, G, H>
  readonly operations: ReadonlyMap<string, OperationSeries.OperationSeries<C, G, H>>
}

/**
 * Histogram series of a contract, and how many it may have.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cardinality {
  readonly histograms: number
  readonly atMost: number
}

/**
 * Counts the histogram series of a contract; the layer does the same before it registers any.
 *
 * **Failures**   `RangeError` with both numbers and what to do when there are more than `signals.maxHistogramSeries`.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (contract: Contract.Any): Cardinality => {
  let histograms = 0
  declare({ counter: nothing, gauge: nothing, histogram: () => void histograms++ }, contract)
  refuse(contract, histograms)
  return { histograms, atMost: contract.signals.maxHistogramSeries }
}

/**
 * Refuses more histogram series than a contract may have.
 *
 * **Failures**   `RangeError`, as `check`.
 *
 * @category rules
 * @since 0.1.0
 */
export const refuse = (contract: Contract.Any, histograms: number): void => {
  const { detail, maxHistogramSeries: atMost } = contract.signals
  if (histograms <= atMost) return
  const operations = Object.keys(contract.operations).length
  throw new RangeError(
    `${contract.id}: ${operations} operations need ${histograms} histogram series, signals.maxHistogramSeries is ${atMost}: ${
      detail === "fault" ? "" : 'declare signals.detail "fault" (one series per fault, not per error.type), '
    }split the provider, or raise it (1000 series cost about 75 ms of every scrape)`
  )
}

const nothing = (): void => {}

const collecting = (id: string, found: Array<Series>): Sink<void, void, void> => {
  const add =
    (bounds: ReadonlyArray<number> = []) =>
    ({ kind, name, unit }: SignalName.Signal, attributes: Readonly<Record<string, string>>): void => {
      found.push({ name, kind, unit, attributes: { [SignalName.provider]: id, ...attributes }, bounds })
    }
  return {
    counter: add(),
    gauge: add(),
    histogram: (signal, attributes, bounds) => add(bounds)(signal, attributes)
  }
}
