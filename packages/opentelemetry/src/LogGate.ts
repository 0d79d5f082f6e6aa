/**
 * Log records through the SDK's batch processor, within a bound, each either exported or counted. A line that is an event of
 * the framework gets its event name.
 *
 * Neighbours: `Gate` counts; `OpenTelemetry` installs it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Context } from "@opentelemetry/api"
import {
  BatchLogRecordProcessor,
  type LogRecordExporter,
  type LogRecordProcessor,
  type ReadableLogRecord,
  type SdkLogRecord
} from "@opentelemetry/sdk-logs"
import { OtlpShape } from "surety/telemetry"
import type { Ending } from "./Ending.ts"
import type { ExportResult, Gate } from "./Gate.ts"
import type { Bounds } from "./OpenTelemetry.ts"

/**
 * A processor that sends every record to an exporter.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (exporter: LogRecordExporter, gate: Gate, ending: Ending, bounds: Bounds): LogRecordProcessor =>
  new Processor(
    gate,
    ending,
    new BatchLogRecordProcessor({
      exporter: new Exporter(gate, exporter),
      maxQueueSize: bounds.maxQueueItems,
      maxExportBatchSize: bounds.maxBatchItems,
      scheduledDelayMillis: Math.min(1000, bounds.intervalMillis),
      // the exporter's own limit comes first
      exportTimeoutMillis: bounds.attemptMillis + 1000
    })
  )

class Processor implements LogRecordProcessor {
  readonly #gate: Gate
  readonly #ending: Ending
  readonly #inner: LogRecordProcessor

  constructor(gate: Gate, ending: Ending, inner: LogRecordProcessor) {
    this.#gate = gate
    this.#ending = ending
    this.#inner = inner
  }

  onEmit(record: SdkLogRecord, context?: Context): void {
    if (!this.#gate.enter()) return
    const name = OtlpShape.eventName(record.body)
    if (name !== undefined) record.setEventName(name)
    this.#inner.onEmit(record, context)
  }

  forceFlush(): Promise<void> {
    return this.#ending.within(this.#inner.forceFlush())
  }

  shutdown(): Promise<void> {
    return this.#ending.within(this.#inner.shutdown())
  }
}

class Exporter implements LogRecordExporter {
  readonly #gate: Gate
  readonly #inner: LogRecordExporter

  constructor(gate: Gate, inner: LogRecordExporter) {
    this.#gate = gate
    this.#inner = inner
  }

  export(records: Array<ReadableLogRecord>, tell: (result: ExportResult) => void): void {
    this.#inner.export(records, (result) => {
      this.#gate.leave(records.length, result)
      tell(result)
    })
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}
