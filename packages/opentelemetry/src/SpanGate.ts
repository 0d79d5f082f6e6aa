/**
 * Spans through the SDK's batch processor, within a bound, each either exported or counted.
 *
 * The status of a span that ended well is unset on the way: `Ok` is for the application to say.
 *
 * Neighbours: `Gate` counts; `OpenTelemetry` installs it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { SpanStatusCode, TraceFlags, type Context } from "@opentelemetry/api"
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor
} from "@opentelemetry/sdk-trace-base"
import type { Ending } from "./Ending.ts"
import type { ExportResult, Gate } from "./Gate.ts"
import type { Bounds } from "./OpenTelemetry.ts"

/**
 * A processor that sends what ends to an exporter.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (exporter: SpanExporter, gate: Gate, ending: Ending, bounds: Bounds): SpanProcessor =>
  new Processor(
    gate,
    ending,
    new BatchSpanProcessor(new Exporter(gate, exporter), {
      maxQueueSize: bounds.maxQueueItems,
      maxExportBatchSize: bounds.maxBatchItems,
      scheduledDelayMillis: bounds.intervalMillis,
      // the exporter's own limit comes first
      exportTimeoutMillis: bounds.attemptMillis + 1000
    })
  )

class Processor implements SpanProcessor {
  readonly #gate: Gate
  readonly #ending: Ending
  readonly #inner: SpanProcessor

  constructor(gate: Gate, ending: Ending, inner: SpanProcessor) {
    this.#gate = gate
    this.#ending = ending
    this.#inner = inner
  }

  onStart(span: Span, context: Context): void {
    this.#inner.onStart(span, context)
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
    if (this.#gate.enter()) this.#inner.onEnd(span)
  }

  forceFlush(): Promise<void> {
    return this.#ending.within(this.#inner.forceFlush())
  }

  shutdown(): Promise<void> {
    return this.#ending.within(this.#inner.shutdown())
  }
}

class Exporter implements SpanExporter {
  readonly #gate: Gate
  readonly #inner: SpanExporter

  constructor(gate: Gate, inner: SpanExporter) {
    this.#gate = gate
    this.#inner = inner
  }

  export(spans: Array<ReadableSpan>, tell: (result: ExportResult) => void): void {
    this.#inner.export(spans.map(settled), (result) => {
      this.#gate.leave(spans.length, result)
      tell(result)
    })
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush?.() ?? Promise.resolve()
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}

/** The span itself has no way back from a status that was set. */
const settled = (span: ReadableSpan): ReadableSpan =>
  span.status.code === SpanStatusCode.OK
    ? (Object.create(span, { status: { value: { code: SpanStatusCode.UNSET } } }) as ReadableSpan)
    : span
