/**
 * What Grafana has for a panel, a link and the alerts that fired, field by field.
 *
 * Neighbours: `DashboardPanel` says what a panel is and where it stands.
 *
 * @source Grafana 12, dashboard schema 42; types of @grafana/grafana-foundation-sdk 0.0.21
 * @stability experimental
 * @since 0.1.0
 */
import type { Panel } from "./DashboardPanel.ts"

/**
 * Where a dashboard or a panel leads to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Link {
  readonly title: string
  readonly url: string
}

/**
 * The data source that whoever looks has chosen.
 *
 * @category constants
 * @since 0.1.0
 */
export const datasource = { type: "prometheus", uid: "${datasource}" } as const

/**
 * A link, in a tab of its own.
 *
 * @category conversions
 * @since 0.1.0
 */
export const link = ({ title, url }: Link): object => ({
  type: "link",
  title,
  url,
  icon: "doc",
  targetBlank: true,
  keepTime: false,
  includeVars: false,
  tags: [],
  asDropdown: false,
  tooltip: ""
})

/**
 * When which alerts fired, drawn over every panel: `expr` selects from `ALERTS`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const annotations = (expr: string): object => ({
  list: [
    {
      builtIn: 1,
      datasource: { type: "grafana", uid: "-- Grafana --" },
      enable: true,
      hide: true,
      iconColor: "blue",
      name: "Annotations & Alerts",
      type: "dashboard"
    },
    {
      name: "Alerts that fire",
      datasource,
      enable: true,
      iconColor: "red",
      expr,
      step: "1m",
      titleFormat: "{{alertname}}",
      textFormat: "{{severity}}"
    }
  ]
})

/**
 * A panel without its place.
 *
 * @category conversions
 * @since 0.1.0
 */
export const panel = (of: Panel, links: ReadonlyArray<Link>): object => ({
  type: of.type,
  title: of.title,
  description: of.description,
  datasource,
  targets: of.targets.map(({ expr, legend }, at) => ({
    refId: String.fromCharCode(65 + at),
    datasource,
    expr,
    legendFormat: legend,
    ...(of.type === "timeseries" ? { range: true } : { instant: true, range: false }),
    ...(of.type === "table" ? { format: "table" } : {})
  })),
  fieldConfig: {
    defaults: {
      unit: of.unit,
      ...(of.type === "timeseries" ? { min: 0 } : {}),
      ...(of.empty === undefined ? {} : { noValue: of.empty }),
      color: { mode: of.thresholds === undefined || of.type === "timeseries" ? "palette-classic" : "thresholds" },
      ...(of.thresholds === undefined
        ? {}
        : {
            thresholds: {
              mode: "absolute",
              steps: of.thresholds.map(([color, from], at) => ({ color, value: at === 0 ? null : from }))
            }
          }),
      custom: of.type === "timeseries" ? style(of) : {}
    },
    overrides: [
      ...Object.entries(of.colors ?? {}).map(([name, color]) => override(name, [fixed(color)])),
      ...of.targets
        .filter(({ draws }) => draws === "bound")
        .map(({ legend }) =>
          override(legend, [
            fixed("red"),
            { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
            { id: "custom.fillOpacity", value: 0 },
            // what the others are judged by is no part of their sum
            { id: "custom.stacking", value: { group: "A", mode: "none" } }
          ])
        )
    ]
  },
  ...(of.columns === undefined
    ? {}
    : {
        transformations: [
          {
            id: "organize",
            options: {
              excludeByName: { Time: true },
              includeByName: {},
              indexByName: {},
              renameByName: of.columns
            }
          }
        ]
      }),
  ...(links.length === 0 ? {} : { links: links.map(link) }),
  options: optionsOf(of)
})

const fixed = (color: string): object => ({ id: "color", value: { mode: "fixed", fixedColor: color } })

const override = (name: string, properties: ReadonlyArray<object>): object => ({
  matcher: { id: "byName", options: name },
  properties
})

const style = ({ stack, thresholds, unit }: Panel): object => ({
  drawStyle: "line",
  lineWidth: 1,
  fillOpacity: stack === undefined ? 8 : 40,
  showPoints: "never",
  stacking: { group: "A", mode: stack ?? "none" },
  // what is not registered is missing, what is registered is 0: a gap is never drawn over
  spanNulls: false,
  // a share is looked at against the whole
  ...(unit === "percentunit" ? { axisSoftMax: 1 } : {}),
  ...(thresholds === undefined ? {} : { thresholdsStyle: { mode: "dashed" } })
})

const optionsOf = ({ type }: Panel): object => {
  switch (type) {
    case "timeseries":
      return {
        legend: { displayMode: "table", placement: "bottom", showLegend: true, calcs: ["lastNotNull", "max"] },
        tooltip: { mode: "multi", sort: "desc" }
      }
    case "stat":
      return {
        reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
        orientation: "auto",
        justifyMode: "auto",
        wideLayout: true,
        showPercentChange: false,
        percentChangeColorMode: "standard",
        colorMode: "value",
        graphMode: "none",
        textMode: "auto"
      }
    case "table":
      return { frameIndex: 0, showHeader: true, cellHeight: "sm" }
  }
}
