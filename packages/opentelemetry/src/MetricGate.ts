/**
 * Metrics through the SDK: the unit stands on the metric and not on each of its points, and a reading that could not be
 * exported is counted. Nothing queues up: the next reading replaces it.
 *
 * Neighbours: `Gate` counts; `OpenTelemetry` installs it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  type CollectionResult,
  type InstrumentType,
  type MetricCollectOptions,
  type MetricData,
  type MetricProducer,
  type PushMetricExporter,
  type ResourceMetrics
} from "@opentelemetry/sdk-metrics"
import { OtlpShape, SignalHelp } from "surety/telemetry"
import type { ExportResult, Gate } from "./Gate.ts"

/**
 * A producer whose metrics say what they mean, and whose points have no attribute for their unit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const producer = (inner: MetricProducer): MetricProducer => ({
  collect: async (options?: MetricCollectOptions): Promise<CollectionResult> => {
    const { errors, resourceMetrics } = await inner.collect(options)
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ metrics, scope }) => ({
      scope,
      metrics: metrics.map(described)
    }))
    return { errors, resourceMetrics: { ...resourceMetrics, scopeMetrics } }
  }
})

/**
 * An exporter whose failures are counted.
 *
 * @category constructors
 * @since 0.1.0
 */
export const exporter = (inner: PushMetricExporter, gate: Gate): PushMetricExporter => new Exporter(inner, gate)

class Exporter implements PushMetricExporter {
  readonly #inner: PushMetricExporter
  readonly #gate: Gate

  constructor(inner: PushMetricExporter, gate: Gate) {
    this.#inner = inner
    this.#gate = gate
  }

  export(metrics: ResourceMetrics, tell: (result: ExportResult) => void): void {
    const items = metrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .reduce((sum, { dataPoints }) => sum + dataPoints.length, 0)
    this.#inner.export(metrics, (result) => {
      this.#gate.settle(items, result)
      tell(result)
    })
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush()
  }

  selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return this.#inner.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE
  }

  selectAggregation(type: InstrumentType): AggregationOption {
    return this.#inner.selectAggregation?.(type) ?? { type: AggregationType.DEFAULT }
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}

const described = (metric: MetricData): MetricData => {
  let known = false
  const dataPoints = metric.dataPoints.map((point) => {
    const kept = Object.entries(point.attributes).filter(([name]) => !OtlpShape.isUnit(name))
    known ||= kept.length < Object.keys(point.attributes).length
    return { ...point, attributes: Object.fromEntries(kept) }
  })
  const { description, name, unit } = metric.descriptor
  const descriptor = {
    ...metric.descriptor,
    // where none is known the bridge says "1", a ratio, and it would be called one
    unit: known ? unit : "",
    description: description === "" ? (SignalHelp.of(name) ?? "") : description
  }
  // of the union only points and descriptor change, and their values stay what they were
  return { ...metric, descriptor, dataPoints } as MetricData
}
