/**
 * Spans, metrics and logs through the OpenTelemetry SDK, for programs that have it already or need what only it has:
 * samplers, span processors, exporters of vendors.
 *
 * `@effect/opentelemetry` bridges; it lacks a bound that can be seen, and names and status as OpenTelemetry wants them.
 * Programs that only need OTLP use `OtlpExport` of `surety/telemetry`, which keeps what a collector missed.
 *
 * Neighbours: `SpanGate`, `LogGate` and `MetricGate` are what stands between Effect and the SDK.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import * as OtelLogger from "@effect/opentelemetry/OtelLogger"
import * as OtelMetrics from "@effect/opentelemetry/OtelMetrics"
import * as OtelTracer from "@effect/opentelemetry/OtelTracer"
import * as Resource from "@effect/opentelemetry/Resource"
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http"
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import type { LogRecordExporter } from "@opentelemetry/sdk-logs"
import { type MetricProducer, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics"
import type { SpanExporter, TracerConfig } from "@opentelemetry/sdk-trace-base"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { MetricView, OtlpEndpoint, ServiceResource, TelemetryLoss } from "surety/telemetry"
import { Ending } from "./Ending.ts"
import { Gate } from "./Gate.ts"
import * as LogGate from "./LogGate.ts"
import * as MetricGate from "./MetricGate.ts"
import * as SpanGate from "./SpanGate.ts"

/**
 * **Details**   `interval`: how long spans and metrics wait, default 10 seconds; logs wait 1 second at most. `maxQueueItems`:
 * spans, or log records, that are on their way at one time, default 2048. `maxBatchItems`: per delivery, default 512.
 * `attemptTimeout`: one delivery with its retries, default 3 seconds. `shutdownTimeout`: the end, default 3 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly interval?: Duration.Input
  readonly maxQueueItems?: number
  readonly maxBatchItems?: number
  readonly attemptTimeout?: Duration.Input
  readonly shutdownTimeout?: Duration.Input
}

/**
 * What is needed of a `MetricReader`: its class differs between the versions of the SDK that exporters bring with them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  setMetricProducer(producer: MetricProducer): void
  shutdown(): Promise<void>
}

/**
 * **Details**   A signal without an exporter is not exported. `metricReaders`: readers of other kinds, such as the SDK's
 * `PrometheusExporter`. `tracer`: sampler, limits and id generator.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends ServiceResource.Options, Limits {
  readonly spanExporter?: SpanExporter
  readonly logRecordExporter?: LogRecordExporter
  readonly metricExporter?: PushMetricExporter
  readonly metricReaders?: ReadonlyArray<Reader>
  readonly tracer?: Omit<TracerConfig, "resource" | "spanProcessors">
}

/**
 * **Details**   `endpoint`: the collector, such as `http://localhost:4318`. `headers`: sent with every delivery.
 *
 * @category models
 * @since 0.1.0
 */
export interface OtlpOptions extends Omit<Options, "spanExporter" | "logRecordExporter" | "metricExporter"> {
  readonly endpoint: string
  readonly headers?: OtlpEndpoint.Headers
}

/**
 * Limits as the processors take them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bounds {
  readonly maxQueueItems: number
  readonly maxBatchItems: number
  readonly intervalMillis: number
  readonly attemptMillis: number
  readonly shutdownMillis: number
}

/**
 * Exports everything that runs under it with the exporters that are given.
 *
 * **Details**   What is given up is counted in `integration.telemetry.dropped`, and an outage is told in two log lines, to the
 * loggers that are in force outside of this layer. Resource attributes of the environment (`OTEL_RESOURCE_ATTRIBUTES`) are
 * kept, those of the options win.
 *
 * **Gotchas**   An exporter of the SDK does not say which part of a batch the collector did not take (OTLP partial success):
 * those are not counted. A batch whose delivery failed is gone. An exporter of your own needs a timeout of its own.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (options: Options): Layer.Layer<Resource.Resource> => Layer.suspend(() => built(options))

const built = (options: Options): Layer.Layer<Resource.Resource> => {
  const bounds = boundsOf(options)
  const { attributes, serviceName, serviceVersion } = ServiceResource.of(options)
  const resource = Resource.layerFromEnv(
    Resource.configToAttributes({
      serviceName,
      attributes,
      ...(serviceVersion === undefined ? {} : { serviceVersion })
    })
  )
  const ending = new Ending(bounds.shutdownMillis)
  // the bridge has a limit of its own for each signal: this one comes first
  const shutdownTimeout = Duration.millis(bounds.shutdownMillis + 1000)
  const { logRecordExporter, spanExporter } = options
  const spans =
    spanExporter === undefined
      ? Layer.empty
      : gated("traces", bounds, (gate) =>
          OtelTracer.layer.pipe(
            Layer.provide(
              NodeSdk.layerTracerProvider(SpanGate.make(spanExporter, gate, ending, bounds), {
                ...options.tracer,
                shutdownTimeout
              })
            )
          )
        )
  const logs =
    logRecordExporter === undefined
      ? Layer.empty
      : gated("logs", bounds, (gate) =>
          OtelLogger.layer({ mergeWithExisting: true }).pipe(
            Layer.provide(
              OtelLogger.layerLoggerProvider(LogGate.make(logRecordExporter, gate, ending, bounds), { shutdownTimeout })
            )
          )
        )
  const metrics = gated("metrics", bounds, (gate) =>
    Layer.effectDiscard(
      Effect.gen(function* () {
        for (const reader of readersOf(options, gate, bounds)) {
          const view = yield* MetricView.make
          const read = OtelMetrics.makeProducer("cumulative").pipe(Effect.provideService(Metric.MetricRegistry, view))
          reader.setMetricProducer(MetricGate.producer(yield* read))
          yield* Effect.addFinalizer(() => Effect.promise(() => ending.within(reader.shutdown())))
        }
      })
    )
  )
  // built last and closed first
  const begin = Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(() => ending.begin())))
  return begin.pipe(Layer.provideMerge(Layer.mergeAll(spans, logs, metrics)), Layer.provideMerge(resource))
}

/**
 * Exports everything that runs under it to an OTLP collector, with the SDK's exporters (OTLP/HTTP, JSON).
 *
 * **When to use**   Provide it to the whole program, below the layers of the providers, so that the last signals of those
 * are sent too.
 *
 * **Failures**   `RangeError` when the address is none, or holds a user or a password: those belong in `headers`.
 *
 * **Example** (A collector on this host)
 *
 * ```ts import.meta.vitest
 * import { OpenTelemetry } from "@surety/opentelemetry"
 * import { Layer } from "effect"
 *
 * const telemetry = OpenTelemetry.layer({ serviceName: "shop", endpoint: "http://localhost:4318" })
 * Layer.isLayer(telemetry) // => true
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: OtlpOptions): Layer.Layer<Resource.Resource> => {
  const endpoint = OtlpEndpoint.of(options.endpoint)
  const timeoutMillis = boundsOf(options).attemptMillis
  const headers = OtlpEndpoint.unsealed(options.headers)
  const to = (signal: TelemetryLoss.Kind) => ({ url: `${endpoint}/v1/${signal}`, headers, timeoutMillis })
  return Layer.suspend(() =>
    layerWith({
      ...options,
      spanExporter: new OTLPTraceExporter(to("traces")),
      logRecordExporter: new OTLPLogExporter(to("logs")),
      metricExporter: new OTLPMetricExporter(to("metrics"))
    })
  )
}

/** A layer with a gate of its own, which counts what is left once the layer is closed. */
const gated = <A, R>(
  kind: TelemetryLoss.Kind,
  bounds: Bounds,
  use: (gate: Gate) => Layer.Layer<A, never, R>
): Layer.Layer<A, never, R> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const gate = new Gate(yield* TelemetryLoss.make(kind, TelemetryLoss.exportReasons), bounds.maxQueueItems)
      yield* Effect.addFinalizer(() => Effect.sync(() => gate.close()))
      return use(gate)
    })
  )

const readersOf = (
  { metricExporter, metricReaders = [] }: Options,
  gate: Gate,
  bounds: Bounds
): ReadonlyArray<Reader> =>
  metricExporter === undefined
    ? metricReaders
    : [
        ...metricReaders,
        new PeriodicExportingMetricReader({
          exporter: MetricGate.exporter(metricExporter, gate),
          exportIntervalMillis: Math.max(bounds.intervalMillis, bounds.attemptMillis + 1000),
          exportTimeoutMillis: bounds.attemptMillis + 1000
        })
      ]

const boundsOf = (limits: Limits): Bounds => {
  const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))
  const maxQueueItems = limits.maxQueueItems ?? 2048
  return {
    maxQueueItems,
    maxBatchItems: Math.min(limits.maxBatchItems ?? 512, maxQueueItems),
    intervalMillis: millis(limits.interval ?? "10 seconds"),
    attemptMillis: millis(limits.attemptTimeout ?? "3 seconds"),
    shutdownMillis: millis(limits.shutdownTimeout ?? "3 seconds")
  }
}
