/**
 * A panel of a Grafana dashboard as data, and where it stands.
 *
 * `@grafana/grafana-foundation-sdk` builds the same JSON; it is at 0.0.x and 11 MB, and three kinds of panel do not need it. Its
 * types check what is written here, in the tests.
 *
 * Neighbours: `DashboardRows` says what is shown; `DashboardJson` writes a panel; `Dashboard` puts it into a dashboard.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DashboardJson from "./DashboardJson.ts"
import type { Link } from "./DashboardJson.ts"

/**
 * A query and the name of what it shows: `{{label}}` is a label's value.
 *
 * **Details**   `draws`: a `bound` is a dashed line that the others are judged by.
 *
 * @category models
 * @since 0.1.0
 */
export interface Target {
  readonly expr: string
  readonly legend: string
  readonly draws?: "bound"
}

/**
 * @category models
 * @since 0.1.0
 */
export type Color = "green" | "yellow" | "orange" | "red" | "blue" | "purple" | "text"

/**
 * **Details**   `unit` is a unit of Grafana's: `s`, `percentunit`, `reqps`, `short`, `d`. `thresholds`: values from which a
 * colour holds, the first of them for everything below; where lines are drawn they are dashed lines. `colors`: of what has a
 * meaning, by its name in the legend. `empty`: what stands there when a query gives nothing, which is often good news.
 * `alerts`: whose pages the panel leads to. `columns`: of a table, their names by label. `width` of 24.
 *
 * @category models
 * @since 0.1.0
 */
export interface Panel {
  readonly type: "timeseries" | "stat" | "table"
  readonly title: string
  readonly description: string
  readonly unit: string
  readonly width: 6 | 8 | 12 | 24
  readonly height: 5 | 8
  readonly targets: ReadonlyArray<Target>
  readonly stack?: "normal"
  readonly thresholds?: ReadonlyArray<readonly [color: Color, from: number]>
  readonly colors?: Readonly<Record<string, Color>>
  readonly empty?: string
  readonly alerts?: ReadonlyArray<string>
  readonly columns?: Readonly<Record<string, string>>
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
export const layout = (
  rows: ReadonlyArray<Row>,
  links: (panel: Panel) => ReadonlyArray<Link>
): ReadonlyArray<object> => {
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
      const gridPos = { h: panel.height, w: panel.width, x, y }
      found.push({ id: found.length + 1, gridPos, ...DashboardJson.panel(panel, links(panel)) })
      x += panel.width
      tallest = Math.max(tallest, panel.height)
    }
    y += tallest
  }
  return found
}
