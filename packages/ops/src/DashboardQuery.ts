/**
 * The small words of a dashboard's queries: a label in a legend, a rate over Grafana's own interval.
 *
 * Neighbours: `DashboardCalls` and `DashboardGuards` ask with it; `Query` spells.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as SignalName from "surety/signals/SignalName"
import type * as Query from "./Query.ts"

/**
 * The value of an attribute, in a legend.
 *
 * @category queries
 * @since 0.1.0
 */
export const label = (query: Query.Query, attribute: string): string => `{{${query.label(attribute)}}}`

/**
 * How often a second.
 *
 * @category queries
 * @since 0.1.0
 */
export const rate = (
  { series }: Query.Query,
  signal: SignalName.Signal,
  matchers: ReadonlyArray<Query.Matcher> = [],
  part?: Query.Part
): string => `rate(${series(signal, matchers, part)}[$__rate_interval])`
