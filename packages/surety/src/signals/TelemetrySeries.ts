/**
 * The series that exporters and auditors keep of themselves, as data: what of our own telemetry, and of the audit trail, did not
 * arrive. They belong to a process and to no provider.
 *
 * Neighbours: `telemetry/TelemetryLoss` and `credential/AuditBuffer` count; `@surety/ops` has the alerts that read it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Series } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * What is exported.
 *
 * @category constants
 * @since 0.1.0
 */
export const kinds = ["traces", "metrics", "logs"] as const

/**
 * Why telemetry did not arrive.
 *
 * **Details**   `queue_full`: more than is kept while a collector is slow or gone. `unreachable`, `timeout`: no answer.
 * `refused`: an answer that says not to send it again, or a part that was not taken. `shutdown`: still here when the
 * program had to end.
 *
 * @category constants
 * @since 0.1.0
 */
export const exportReasons = ["queue_full", "unreachable", "timeout", "refused", "shutdown"] as const

/**
 * Why a series is not on the page of a scrape.
 *
 * **Details**   `collision`: its name or labels are those of another once they are spelled for Prometheus. `unreadable`: its
 * value could not be read, or it has no name that can be written.
 *
 * @category constants
 * @since 0.1.0
 */
export const scrapeReasons = ["collision", "unreadable"] as const

/**
 * What an exporter of each kind, and the page for Prometheus, may count.
 *
 * **Example** (Three kinds for five reasons, and two of the page)
 *
 * ```ts import.meta.vitest
 * import { TelemetrySeries } from "surety/signals"
 *
 * TelemetrySeries.dropped.length // => 17
 * ```
 *
 * @category constants
 * @since 0.1.0
 */
export const dropped: ReadonlyArray<Series> = [
  ...kinds.flatMap((signal) => exportReasons.map((reason) => ({ signal, reason }))),
  ...scrapeReasons.map((reason) => ({ signal: "metrics", reason }))
].map((attributes) => ({ ...SignalName.telemetryDropped, attributes, bounds: [] }))

/**
 * What an auditor keeps of one sink.
 *
 * **Example** (Four series for each sink)
 *
 * ```ts import.meta.vitest
 * import { TelemetrySeries } from "surety/signals"
 *
 * TelemetrySeries.audit("log").length // => 4
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const audit = (sink: string): ReadonlyArray<Series> =>
  [SignalName.auditBuffered, SignalName.auditDropped, SignalName.auditMerged, SignalName.auditSinkErrors].map(
    (signal) => ({ ...signal, attributes: { [SignalName.auditSink]: sink }, bounds: [] })
  )
