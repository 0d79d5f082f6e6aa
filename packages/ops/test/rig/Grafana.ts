/**
 * What Grafana takes for a dashboard, from Grafana's own types: every field has a name that Grafana knows, and none is missing.
 */
import type { Dashboard, FieldConfig, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard"
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus"
import type * as Stat from "@grafana/grafana-foundation-sdk/stat"
import type * as Table from "@grafana/grafana-foundation-sdk/table"
import type * as Timeseries from "@grafana/grafana-foundation-sdk/timeseries"

/** As it stands in JSON: the members of an enumeration by their values. */
type Json<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends ReadonlyArray<infer One>
      ? ReadonlyArray<Json<One>>
      : { readonly [Key in keyof T]: Json<T[Key]> }

type Query = Json<Omit<Dataquery, "_implementsDataqueryVariant">> & { readonly refId: string; readonly expr: string }

type Kind<Type extends string, Options, Custom> = Json<
  Omit<Panel, "type" | "options" | "fieldConfig" | "targets" | "links">
> & {
  readonly type: Type
  readonly id: number
  readonly title: string
  readonly links?: NonNullable<Json<Dashboard["links"]>>
  readonly options: Json<Options>
  readonly targets: ReadonlyArray<Query>
  readonly fieldConfig: {
    readonly defaults: Json<Omit<FieldConfig, "custom">> & { readonly custom: Json<Custom> }
    readonly overrides: ReadonlyArray<{
      readonly matcher: { readonly id: "byName"; readonly options: string }
      readonly properties: ReadonlyArray<
        { readonly id: "color"; readonly value: NonNullable<Json<FieldConfig["color"]>> } | Property<Custom>
      >
    }>
  }
}

type Property<Custom> = {
  readonly [Key in keyof Custom & string]-?: {
    readonly id: `custom.${Key}`
    readonly value: NonNullable<Json<Custom[Key]>>
  }
}[keyof Custom & string]

export type Shape = Json<Omit<Dashboard, "panels" | "annotations">> & {
  readonly uid: string
  readonly panels: ReadonlyArray<
    | Json<RowPanel>
    | Kind<"timeseries", Timeseries.Options, Timeseries.FieldConfig>
    | Kind<"stat", Stat.Options, {}>
    | Kind<"table", Table.Options, {}>
  >
  readonly annotations: Json<Omit<Dashboard["annotations"], "list">> & {
    readonly list: NonNullable<Json<Dashboard["annotations"]["list"]>>
  }
}
