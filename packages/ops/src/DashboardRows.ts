/**
 * What a dashboard shows, from top to bottom: what callers feel, then what explains it.
 *
 * Neighbours: `DashboardCalls` and `DashboardGuards` have the rows; `Dashboard` lays them out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as DashboardCalls from "./DashboardCalls.ts"
import * as DashboardGuards from "./DashboardGuards.ts"
import type { Row } from "./DashboardPanel.ts"
import type * as Query from "./Query.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Row> => {
  const known = new Set(SeriesCatalog.of(query.contract).map(({ name }) => name))
  return [
    DashboardCalls.objective(query),
    DashboardCalls.calls(query),
    DashboardCalls.attempts(query),
    DashboardGuards.guards(query, known),
    DashboardGuards.credentials(query),
    DashboardGuards.changes(query, known)
  ]
}
