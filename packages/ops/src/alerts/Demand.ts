/**
 * Whether anybody still calls the provider: a state that only a call can change (an open circuit, a spent budget) is news for
 * as long as somebody calls, and no longer.
 *
 * Calls are counted when they end, however they do; what our own limits refuse says nothing of the provider. At few calls
 * most are probes, so that the refusals of a circuit would not be enough to see them.
 *
 * Neighbours: `CircuitAlerts` and `RetryAlerts` ask; `SloAlerts` lets a burn last from one call to the next.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import type * as Query from "../Query.ts"

const mostMinutes = 360

/**
 * How long after the last call somebody is still said to call.
 *
 * **Details**   10 minutes; where fewer than 18 calls an hour are expected of the provider, the time that three of them take,
 * at most 6 hours.
 *
 * @category rules
 * @since 0.1.0
 */
export const minutes = (options: Query.Query["options"]): number => span(options, { calls: 3, leastMinutes: 10 })

/**
 * The time that so many calls take at the expected pace, at most 6 hours.
 *
 * @category rules
 * @since 0.1.0
 */
export const span = (
  { expectedCallsPerHour = Infinity }: Query.Query["options"],
  { calls, leastMinutes }: { readonly calls: number; readonly leastMinutes: number }
): number => Math.min(mostMinutes, Math.max(leastMinutes, Math.ceil((calls * 60) / expectedCallsPerHour)))

/**
 * Calls of that time, of all processes.
 *
 * @category queries
 * @since 0.1.0
 */
export const calls = (query: Query.Query): string =>
  `sum ${query.by()} (increase(${query.series(SignalName.operationDuration, [[SignalName.errorFault, "!=", "local"]], "count")}[${minutes(query.options)}m]))`
