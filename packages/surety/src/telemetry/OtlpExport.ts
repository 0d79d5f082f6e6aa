/**
 * Spans, metrics and logs to an OTLP collector, over Effect's own exporters, with a bound on what is kept and every loss
 * counted.
 *
 * `effect/observability/Otlp` lacks just this: after a delivery that fails it clears its buffer, drops everything for 60
 * seconds and says so at debug level only.
 *
 * Neighbours: `OtlpRelay` keeps and sends, `OtlpShape` corrects, `ServiceResource` says who we are.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { HttpBody } from "effect/http/HttpBody"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Otlp from "effect/observability/Otlp"
import type * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as MetricView from "./MetricView.ts"
import * as OtlpEndpoint from "./OtlpEndpoint.ts"
import * as OtlpRelay from "./OtlpRelay.ts"
import * as OtlpShape from "./OtlpShape.ts"
import * as ServiceResource from "./ServiceResource.ts"
import type * as TelemetryLoss from "./TelemetryLoss.ts"

/**
 * **Details**   `endpoint`: the collector, such as `http://localhost:4318`; `/v1/traces` and so on are added. `headers`: sent
 * with every delivery. `encoding`: default `"json"`. `compression`: default `"none"`. `interval`: how long spans and metrics
 * wait, default 10 seconds. `maxBatchItems`: spans or log records per delivery, default 512. `maxQueueBytes`: kept per signal
 * while the collector is away, default 4 MiB. `attemptTimeout`: one delivery, default 5 seconds. `shutdownTimeout`: all of
 * the end, default 3 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends ServiceResource.Options {
  readonly endpoint: string
  readonly headers?: OtlpEndpoint.Headers
  readonly encoding?: "json" | "protobuf"
  readonly compression?: "gzip" | "none"
  readonly interval?: Duration.Input
  readonly maxBatchItems?: number
  readonly maxQueueBytes?: number
  readonly attemptTimeout?: Duration.Input
  readonly shutdownTimeout?: Duration.Input
}

/**
 * Exports everything that runs under it.
 *
 * **When to use**   Provide it to the whole program, below the layers of the providers, so that the last signals of those
 * are sent too.
 *
 * **Details**   Metrics are cumulative. A collector that is away loses nothing until `maxQueueBytes` of a signal are waiting;
 * then the oldest batch goes. What goes is counted in `integration.telemetry.dropped`, and an outage is told in two log
 * lines, to the loggers that are in force outside of this layer. `Flusher.flush` ends when everything arrived, was given up,
 * or the collector turned out to be away.
 *
 * **Failures**   `RangeError` when the address is none, or holds a user or a password: those belong in `headers`.
 *
 * **Gotchas**   A collector that answers 500 or 400 has refused the batch: the protocol forbids to send it again.
 *
 * **Example** (A collector on this host)
 *
 * ```ts import.meta.vitest
 * import { Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 * import { OtlpExport } from "surety/telemetry"
 *
 * const telemetry = OtlpExport.layer({ serviceName: "shop", endpoint: "http://localhost:4318" }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * Layer.isLayer(telemetry) // => true
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<OtlpExporter.Flusher, never, HttpClient.HttpClient> => {
  const baseUrl = OtlpEndpoint.of(options.endpoint)
  const shutdownTimeout = options.shutdownTimeout ?? "3 seconds"
  const interval = options.interval ?? "10 seconds"
  const encoded = new WeakMap<HttpBody, Encoded>()
  const exporters = Otlp.layer({
    baseUrl,
    resource: ServiceResource.of(options),
    maxBatchSize: options.maxBatchItems ?? 512,
    tracerExportInterval: interval,
    metricsExportInterval: interval,
    shutdownTimeout
  })
  const relay = Layer.effect(
    OtlpRelay.OtlpRelay,
    Effect.flatMap(HttpClient.HttpClient, (client) =>
      OtlpRelay.make(client, {
        maxQueueBytes: options.maxQueueBytes ?? 4 * 1024 * 1024,
        attemptMillis: Duration.toMillis(Duration.fromInputUnsafe(options.attemptTimeout ?? "5 seconds")),
        shutdownMillis: Duration.toMillis(Duration.fromInputUnsafe(shutdownTimeout))
      })
    )
  )
  const taking = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(OtlpRelay.OtlpRelay, (relay) => taker(relay, encoded, options))
  )
  // built last and closed first, so that the relay knows of the end before the exporters send what they have
  const ending = Layer.effectDiscard(
    Effect.flatMap(OtlpRelay.OtlpRelay, ({ close }) => Effect.addFinalizer(() => close))
  )
  return ending.pipe(
    Layer.provideMerge(exporters),
    Layer.provide([
      taking,
      counting(encoded, options.encoding ?? "json"),
      Layer.effect(Metric.MetricRegistry, MetricView.make)
    ]),
    Layer.provide(relay)
  )
}

interface Encoded {
  readonly kind: TelemetryLoss.Kind
  readonly items: number
}

/** An encoder that remembers what is in a body. */
const counting = (
  encoded: WeakMap<HttpBody, Encoded>,
  encoding: "json" | "protobuf"
): Layer.Layer<OtlpSerialization.OtlpSerialization> =>
  Layer.effect(
    OtlpSerialization.OtlpSerialization,
    Effect.map(OtlpSerialization.OtlpSerialization, (inner) => {
      const remember = (kind: TelemetryLoss.Kind, items: number, body: HttpBody): HttpBody => {
        encoded.set(body, { kind, items })
        return body
      }
      return {
        traces: (data) => remember("traces", OtlpShape.traces(data), inner.traces(data)),
        metrics: (data) => remember("metrics", OtlpShape.metrics(data), inner.metrics(data)),
        logs: (data) => remember("logs", OtlpShape.logs(data), inner.logs(data))
      }
    })
  ).pipe(Layer.provide(encoding === "json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf))

/** What the exporters take for the collector: it has room for everything, and an answer for all of them. */
const taker = (
  relay: OtlpRelay.OtlpRelay,
  encoded: WeakMap<HttpBody, Encoded>,
  { compression, headers }: Options
): HttpClient.HttpClient =>
  HttpClient.make((request) => {
    const taken = Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(null, { status: 204 })))
    const known = encoded.get(request.body)
    if (known === undefined) return taken
    const sealed = HttpClientRequest.setHeaders(request, OtlpEndpoint.unsealed(headers))
    const ready = compression === "gzip" ? HttpClientRequest.compressBody(sealed, "gzip") : Effect.succeed(sealed)
    return ready.pipe(
      Effect.flatMap((request) => relay.offer({ ...known, request, bytes: bytesOf(request.body) })),
      Effect.andThen(taken)
    )
  })

const bytesOf = (body: HttpBody): number => ("contentLength" in body ? (body.contentLength ?? 0) : 0)
