/**
 * How a signal is spelled once it is in Prometheus, by the way it got there. Three ways, three spellings: rules and
 * dashboards are generated for one of them.
 *
 * - `effect`: the endpoint of `effect/observability/PrometheusMetrics`. Dots become underscores, nothing is added.
 * - `otel-sdk`: the OpenTelemetry SDK with its Prometheus exporter. Counters end in `_total`.
 * - `otlp`: OTLP into a collector or Prometheus 3. Units and `_total` are added.
 *
 * Neighbours: `SignalName` has the names, `SeriesCatalog` the series. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Attributes, Series } from "./Series.ts"
import type { Signal } from "./SignalName.ts"

/**
 * @category models
 * @since 0.1.0
 */
export const profiles = ["effect", "otel-sdk", "otlp"] as const

/**
 * @category models
 * @since 0.1.0
 */
export type ExportProfile = (typeof profiles)[number]

/**
 * The name of a metric. A histogram's series add `_bucket`, `_count` and `_sum` to it.
 *
 * **Example** (One counter, one histogram and one ratio, three ways)
 *
 * ```ts import.meta.vitest
 * import * as ExportProfile from "surety/signals/ExportProfile"
 * import * as SignalName from "surety/signals/SignalName"
 *
 * ExportProfile.metric("effect", SignalName.attempts) // => "integration_attempts"
 * ExportProfile.metric("otel-sdk", SignalName.attempts) // => "integration_attempts_total"
 * ExportProfile.metric("otlp", SignalName.operationDuration) // => "integration_operation_duration_seconds"
 * ExportProfile.metric("otlp", SignalName.retryBudget) // => "integration_retry_budget_available_ratio"
 * ```
 *
 * @source OpenTelemetry specification, compatibility/prometheus_and_openmetrics (2026-11)
 * @category conversions
 * @since 0.1.0
 */
export const metric = (
  profile: ExportProfile,
  { kind, name, unit }: Pick<Signal, "kind" | "name" | "unit">
): string => {
  const parts = [plain(name)]
  if (profile === "otlp") {
    if (unit === "s") parts.push("seconds")
    if (unit === "1" && kind === "gauge") parts.push("ratio")
  }
  if (profile !== "effect" && kind === "counter") parts.push("total")
  return parts.join("_")
}

/**
 * The name of a label.
 *
 * @category conversions
 * @since 0.1.0
 */
export const label = (_profile: ExportProfile, attribute: string): string => plain(attribute)

/**
 * The labels of a series, without those that an exporter adds for itself (`unit`, `otel_scope_name`): a rule that joins
 * series names the labels it joins on.
 *
 * @category conversions
 * @since 0.1.0
 */
export const labels = (profile: ExportProfile, attributes: Attributes): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [label(profile, name), value]))

/**
 * The names under which a series is scraped.
 *
 * @category conversions
 * @since 0.1.0
 */
export const scraped = (
  profile: ExportProfile,
  series: Pick<Series, "kind" | "name" | "unit">
): ReadonlyArray<string> => {
  const name = metric(profile, series)
  return series.kind === "histogram" ? ["_bucket", "_count", "_sum"].map((suffix) => name + suffix) : [name]
}

const plain = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, "_")
