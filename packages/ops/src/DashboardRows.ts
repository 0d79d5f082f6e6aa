/**
 * What a dashboard shows, from top to bottom: what callers feel, what is left to do, then what explains it.
 *
 * Neighbours: `DashboardCalls`, `DashboardOpen` and `DashboardGuards` have the rows; `Dashboard` lays them out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import * as DashboardCalls from "./DashboardCalls.ts"
import * as DashboardGuards from "./DashboardGuards.ts"
import * as DashboardOpen from "./DashboardOpen.ts"
import type { Row } from "./DashboardPanel.ts"
import type * as Query from "./Query.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Row> => {
  const known = new Set(SeriesCatalog.of(query.contract).map(({ name }) => name))
  // a contract without operations has nothing that is called: what is left is its circuit and its credential
  const isCalled = known.has(SignalName.operationDuration.name)
  return [
    ...(isCalled ? [DashboardCalls.objective, DashboardCalls.calls] : [DashboardCalls.processes]).map((row) =>
      row(query)
    ),
    DashboardOpen.open(query, known),
    ...(isCalled ? [DashboardCalls.attempts(query)] : []),
    DashboardGuards.guards(query, known),
    DashboardGuards.credentials(query),
    ...(isCalled ? [DashboardGuards.changes(query)] : [])
  ]
}
