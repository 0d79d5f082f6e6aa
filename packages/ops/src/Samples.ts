/**
 * Values of a series in promtool's notation, one a minute.
 *
 * Neighbours: the files of `alerts/` make the inputs of their tests with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Endings from "surety/signals/Endings"
import * as SignalName from "surety/signals/SignalName"
import type { Input } from "./Alert.ts"
import * as Query from "./Query.ts"

/** How long a series goes on: longer than anybody looks. */
const enough = 400

/**
 * A counter that grows by so much a minute, or a gauge that changes so.
 *
 * @category constructors
 * @since 0.1.0
 */
export const growing = (series: string, perMinute: number, from = 0): Input => ({
  series,
  values: `${Query.number(from)}${perMinute < 0 ? "" : "+"}${Query.number(perMinute)}x${enough}`
})

/**
 * A value that stays.
 *
 * @category constructors
 * @since 0.1.0
 */
export const constant = (series: string, value: number): Input => growing(series, 0, value)

/**
 * Values, each for a number of minutes; the last one stays.
 *
 * **Example** (Healthy for five minutes, then not)
 *
 * ```ts import.meta.vitest
 * import * as Samples from "@surety/ops/Samples"
 *
 * Samples.steps("up{}", [[1, 5], [0, 1]]).values // => "1+0x4 0+0x400"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const steps = (series: string, values: ReadonlyArray<readonly [value: number, minutes: number]>): Input => ({
  series,
  values: values
    .map(([value, minutes], at) => `${Query.number(value)}+0x${at === values.length - 1 ? enough : minutes - 1}`)
    .join(" ")
})

/**
 * Values that come again and again.
 *
 * @category constructors
 * @since 0.1.0
 */
export const repeating = (series: string, values: ReadonlyArray<number>): Input => ({
  series,
  values: Array.from({ length: Math.ceil(60 / values.length) }, () => values.map(Query.number).join(" ")).join(" ")
})

/**
 * The count of the calls that end so, of the first operation that has such an ending.
 *
 * **Failures**   `RangeError` when no operation can end so; a contract without operations has no alert that asks.
 *
 * @category series
 * @since 0.1.0
 */
export const ended = (query: Query.Query, is: (ending: Endings.Ending) => boolean): string => {
  const found = endedIfAny(query, is)
  if (found === undefined) throw new RangeError(`${query.contract.id}: no operation ends like that`)
  return found
}

/**
 * As `ended`; `undefined` when no operation can end so.
 *
 * @category series
 * @since 0.1.0
 */
export const endedIfAny = (query: Query.Query, is: (ending: Endings.Ending) => boolean): string | undefined => {
  for (const operation of Object.values(query.contract.operations)) {
    const ending = [...Endings.of(operation, query.contract).values()].find(is)
    if (ending === undefined) continue
    const attributes = { [SignalName.operation]: operation.name, ...Endings.attributesOf(ending) }
    return query.sample(SignalName.operationDuration, attributes, "count")
  }
  return undefined
}

/**
 * Calls that the provider fails, once a minute: the fewest that are still seen at once.
 *
 * **Details**   `until`: the minute after which nobody calls any more.
 *
 * @category series
 * @since 0.1.0
 */
export const failing = (query: Query.Query, until?: number): Input => {
  const series = ended(query, ({ fault }) => fault === "provider")
  return until === undefined ? growing(series, 1) : { series, values: `0+1x${until} ${until}+0x${enough}` }
}
