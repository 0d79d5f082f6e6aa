/**
 * A panel of a Grafana dashboard as data, and where it stands.
 *
 * `@grafana/grafana-foundation-sdk` builds the same JSON; it is at 0.0.x and 11 MB, and six kinds of panel do not need it.
 *
 * Neighbours: `DashboardRows` says what is shown; `Dashboard` puts it into a dashboard.
 *
 * @source Grafana 12, dashboard schema 42
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A query and the name of what it shows: `{{label}}` is a label's value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Target {
  readonly expr: string
  readonly legend: string
}

/**
 * **Details**   `unit` is a unit of Grafana's: `s`, `percentunit`, `reqps`, `short`, `dateTimeFromNow`. `thresholds`: values from
 * which a colour holds, the first of them for everything below. `width` of 24.
 *
 * @category models
 * @since 0.1.0
 */
export interface Panel {
  readonly type: "timeseries" | "stat" | "table" | "state-timeline"
  readonly title: string
  readonly description: string
  readonly unit: string
  readonly width: 6 | 8 | 12 | 24
  readonly height: 5 | 8
  readonly targets: ReadonlyArray<Target>
  readonly stack?: "normal"
  readonly thresholds?: ReadonlyArray<readonly [color: "green" | "yellow" | "red", from: number]>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Row {
  readonly title: string
  readonly panels: ReadonlyArray<Panel>
}

/**
 * Rows as Grafana has them: a panel for each title, and the panels below it from left to right.
 *
 * @category conversions
 * @since 0.1.0
 */
export const layout = (rows: ReadonlyArray<Row>): ReadonlyArray<object> => {
  const found: Array<object> = []
  let y = 0
  for (const { panels, title } of rows) {
    if (panels.length === 0) continue
    found.push({
      id: found.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y },
      panels: []
    })
    y += 1
    let x = 0
    let tallest = 0
    for (const panel of panels) {
      if (x + panel.width > 24) {
        y += tallest
        x = 0
        tallest = 0
      }
      found.push(toJson(panel, found.length + 1, x, y))
      x += panel.width
      tallest = Math.max(tallest, panel.height)
    }
    y += tallest
  }
  return found
}

const datasource = { type: "prometheus", uid: "${datasource}" }

const toJson = (panel: Panel, id: number, x: number, y: number): object => ({
  id,
  type: panel.type,
  title: panel.title,
  description: panel.description,
  datasource,
  gridPos: { h: panel.height, w: panel.width, x, y },
  targets: panel.targets.map(({ expr, legend }, at) => ({
    refId: String.fromCharCode(65 + at),
    datasource,
    expr,
    legendFormat: legend,
    ...(panel.type === "stat" || panel.type === "table" ? { instant: true, range: false } : { range: true }),
    ...(panel.type === "table" ? { format: "table" } : {})
  })),
  fieldConfig: {
    defaults: {
      unit: panel.unit,
      ...(panel.unit === "percentunit" && panel.type === "timeseries" ? { min: 0 } : {}),
      color: { mode: panel.thresholds === undefined ? "palette-classic" : "thresholds" },
      ...(panel.thresholds === undefined
        ? {}
        : {
            thresholds: {
              mode: "absolute",
              steps: panel.thresholds.map(([color, from], at) => ({ color, value: at === 0 ? null : from }))
            }
          }),
      custom: panel.type === "timeseries" ? seriesStyle(panel) : {}
    },
    overrides: []
  },
  options: optionsOf(panel)
})

const seriesStyle = ({ stack }: Panel): object => ({
  drawStyle: "line",
  lineWidth: 1,
  fillOpacity: stack === undefined ? 8 : 40,
  showPoints: "never",
  stacking: { group: "A", mode: stack ?? "none" },
  // what is not registered is missing, what is registered is 0: a gap is never drawn over
  spanNulls: false
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
        colorMode: "value",
        graphMode: "none",
        textMode: "auto"
      }
    case "table":
      return { showHeader: true, cellHeight: "sm" }
    case "state-timeline":
      return {
        mergeValues: true,
        showValue: "never",
        rowHeight: 0.8,
        legend: { displayMode: "list", placement: "bottom", showLegend: false }
      }
  }
}
