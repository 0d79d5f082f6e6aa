/**
 * Brings what Effect's OTLP exporters write in line with OpenTelemetry, in place, just before it is encoded, and counts it.
 *
 * - The status of a span that ended well is unset: `Ok` is for the application to say.
 * - The unit of a metric is on the metric, not an attribute of each of its points.
 * - A metric says what it means, and one without a unit has none.
 * - A log line that is an event of ours has an event name.
 *
 * Neighbours: `OtlpExport` puts it before the encoder. Nothing here knows where the data goes.
 *
 * @source OpenTelemetry specification, trace/api (Set Status), metrics/data-model, logs/data-model (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import type { LogsData } from "effect/observability/OtlpLogger"
import type { MetricsData } from "effect/observability/OtlpMetrics"
import type { TraceData } from "effect/observability/OtlpTracer"
import * as SignalHelp from "./SignalHelp.ts"

/**
 * The name of a log line that is an event of this framework.
 *
 * **Example** (A name of ours, and a sentence of somebody else's)
 *
 * ```ts import.meta.vitest
 * import { OtlpShape } from "surety/telemetry"
 *
 * OtlpShape.eventName("integration.circuit_breaker.transition") // => "integration.circuit_breaker.transition"
 * OtlpShape.eventName("integration failed") // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const eventName = (body: unknown): string | undefined =>
  typeof body === "string" && /^integration(\.[a-z_]+)+$/.test(body) ? body : undefined

/**
 * Whether an attribute is the unit that Effect keeps among them.
 *
 * @category rules
 * @since 0.1.0
 */
export const isUnit = (attribute: string): boolean => attribute === "unit" || attribute === "time_unit"

/**
 * The number of spans.
 *
 * @category conversions
 * @since 0.1.0
 */
export const traces = (data: TraceData): number => {
  let items = 0
  for (const { scopeSpans } of data.resourceSpans) {
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        items++
        const status: { code: number } = span.status
        if (status.code === ok) status.code = unset
      }
    }
  }
  return items
}

/**
 * The number of data points.
 *
 * @category conversions
 * @since 0.1.0
 */
export const metrics = (data: MetricsData): number => {
  let items = 0
  for (const { scopeMetrics } of data.resourceMetrics) {
    for (const scope of scopeMetrics) {
      for (const metric of scope.metrics) {
        const { dataPoints } = metric.sum ?? metric.gauge ?? metric.histogram ?? metric.summary ?? nothing
        let known = false
        for (const point of dataPoints) {
          items++
          const attributes = point.attributes ?? []
          point.attributes = attributes.filter(({ key }) => !isUnit(key))
          known ||= point.attributes.length < attributes.length
        }
        // where none is known Effect says "1", a ratio, and it would be called one
        if (!known) metric.unit = ""
        metric.description ??= SignalHelp.of(metric.name) ?? ""
      }
    }
  }
  return items
}

/**
 * The number of log records.
 *
 * @category conversions
 * @since 0.1.0
 */
export const logs = (data: LogsData): number => {
  let items = 0
  for (const { scopeLogs } of data.resourceLogs) {
    for (const { logRecords = [] } of scopeLogs) {
      for (const record of logRecords as Array<Named>) {
        items++
        const name = eventName(record.body?.stringValue)
        if (name !== undefined) record.eventName = name
      }
    }
  }
  return items
}

/** A field of the protocol that Effect's records lack. */
interface Named {
  readonly body?: { readonly stringValue?: string | null } | undefined
  eventName?: string
}

const unset = 0
const ok = 1
const nothing: { readonly dataPoints: Array<{ attributes?: Array<{ readonly key: string }> }> } = { dataPoints: [] }
