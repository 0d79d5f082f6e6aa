/**
 * The Grafana dashboard of a provider: what callers feel first, then what explains it, with the objective and the limits of
 * the contract drawn in.
 *
 * Neighbours: `DashboardRows` says what is shown; `RecordingRules` records what it reads of the objective.
 *
 * @source Grafana 12, dashboard schema 42
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ContractHash from "surety/signals/ContractHash"
import * as DashboardPanel from "./DashboardPanel.ts"
import * as DashboardRows from "./DashboardRows.ts"
import * as AlertRules from "./AlertRules.ts"
import * as DashboardJson from "./DashboardJson.ts"
import { isSafe } from "./Document.ts"
import * as Options from "./Options.ts"
import * as Query from "./Query.ts"

/**
 * A dashboard. `expressions` are all its queries, for whoever checks them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dashboard {
  readonly json: Readonly<Record<string, unknown>>
  readonly expressions: ReadonlyArray<string>
}

/**
 * The dashboard of a contract.
 *
 * **Details**   It has one variable, the data source. Alerts that fired are drawn over every panel; where it is known where
 * their pages are, a panel leads to those of the alerts that ask for the same. Its uid is made of the provider's name, so that links stay good when it
 * is generated again.
 *
 * **Example** (Where it is found)
 *
 * ```ts import.meta.vitest
 * import * as Dashboard from "@surety/ops/Dashboard"
 * import { Stripe } from "@surety/stripe"
 *
 * Dashboard.make(Stripe.contract, {}).json["uid"] // => "surety-surety-stripe"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: Options.Options = {}): Dashboard => {
  const query = Query.make(contract, options)
  const uid = Options.dashboardUid(contract)
  const rows = DashboardRows.make(query)
  const alerts = new Set(AlertRules.names(AlertRules.make(contract, options)))
  return {
    json: {
      uid,
      title: `Integration: ${contract.id}`,
      description: `Generated from the contract ${ContractHash.of(contract)}, owned by ${contract.owner}. Change the contract, not this dashboard.`,
      // the last one is its own: a catalogue finds it by that
      tags: ["surety", "integration", contract.criticality, uid],
      schemaVersion: 42,
      version: 1,
      editable: false,
      graphTooltip: 1,
      refresh: "30s",
      time: { from: "now-6h", to: "now" },
      timepicker: {},
      timezone: "utc",
      fiscalYearStartMonth: 0,
      liveNow: false,
      links: linksOf(contract, options).map(DashboardJson.link),
      annotations: DashboardJson.annotations(query.recorded("ALERTS", { alertstate: "firing" })),
      templating: {
        list: [
          {
            name: "datasource",
            label: "Data source",
            type: "datasource",
            query: "prometheus",
            // the one that Grafana takes by default, where that is a Prometheus; else the first
            current: { selected: false, text: "default", value: "default" },
            options: [],
            hide: 0,
            includeAll: false,
            multi: false,
            refresh: 1,
            regex: "",
            skipUrlSync: false
          }
        ]
      },
      panels: DashboardPanel.layout(rows, (panel) =>
        // without pages of their own, all alerts lead to the runbook above
        options.runbookBaseUrl === undefined
          ? []
          : (panel.alerts ?? []).flatMap((alert) => {
              const url = Options.runbookUrl(contract, options, alert)
              return alerts.has(alert) && isSafe(url) ? [{ title: alert, url }] : []
            })
      )
    },
    expressions: rows.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
  }
}

const linksOf = (contract: Contract.Any, options: Options.Options): ReadonlyArray<DashboardJson.Link> =>
  [
    { title: "Runbook", url: contract.runbook },
    ...(options.runbookBaseUrl === undefined
      ? []
      : [{ title: "Runbooks of the alerts", url: Options.runbooksUrl(contract, options.runbookBaseUrl) }])
  ].filter(({ url }) => isSafe(url))

/**
 * The dashboard as Grafana imports it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toJson = (contract: Contract.Any, options: Options.Options = {}): string =>
  `${JSON.stringify(make(contract, options).json, null, 2)}\n`
