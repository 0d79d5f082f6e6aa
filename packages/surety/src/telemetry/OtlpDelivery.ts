/**
 * One delivery to an OTLP collector over HTTP, and what its answer means. Nothing of the answer but its status, its
 * `Retry-After` and the number of items it did not take is kept.
 *
 * Neighbours: `OtlpRelay` decides what happens next.
 *
 * @source OpenTelemetry protocol specification 1.9, OTLP/HTTP response and failures (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as EffectResult from "effect/Result"
import * as Stream from "effect/Stream"

/**
 * @category models
 * @since 0.1.0
 */
export type Result =
  | { readonly _tag: "Delivered"; readonly rejectedItems: number }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Failed"; readonly reason: "unreachable" | "timeout"; readonly askedMillis: number | undefined }

/** Statuses after which the same batch may be sent again. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Of an answer no more than this is read. */
const maxAnswerBytes = 65_536

/**
 * Sends a batch once.
 *
 * **Details**   Within the time are the connection, the body and the answer. Redirects are not followed, no trace header is
 * sent, and the delivery makes no span.
 *
 * @category running
 * @since 0.1.0
 */
export const send = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  timeoutMillis: number
): Effect.Effect<Result> =>
  client.execute(request).pipe(
    Effect.flatMap(understand),
    Effect.catchCause(() => Effect.succeed<Result>({ _tag: "Failed", reason: "unreachable", askedMillis: undefined })),
    Effect.timeoutOption(Duration.millis(timeoutMillis)),
    Effect.map(Option.getOrElse((): Result => ({ _tag: "Failed", reason: "timeout", askedMillis: undefined }))),
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.withTracerEnabled(false)
  )

/**
 * How many items a collector says it did not take.
 *
 * **Example** (2 of the spans)
 *
 * ```ts import.meta.vitest
 * import { OtlpDelivery } from "surety/telemetry"
 *
 * OtlpDelivery.rejectedItems('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}') // => 2
 * OtlpDelivery.rejectedItems("{}") // => 0
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const rejectedItems = (answer: string): number => {
  const found = /"rejected(?:Spans|DataPoints|LogRecords)"\s*:\s*"?(\d{1,15})\b/.exec(answer)
  return found === null ? 0 : Number(found[1])
}

/**
 * The same of an answer in protobuf: field 1 of field 1 in what answers each of the three signals.
 *
 * **Example** (2 of the spans)
 *
 * ```ts import.meta.vitest
 * import { OtlpDelivery } from "surety/telemetry"
 *
 * OtlpDelivery.rejectedInProtobuf(Uint8Array.of(0x0a, 0x02, 0x08, 0x02)) // => 2
 * OtlpDelivery.rejectedInProtobuf(Uint8Array.of()) // => 0
 * ```
 *
 * @source OpenTelemetry protocol 1.9, opentelemetry/proto/collector, ExportTracePartialSuccess
 * @category rules
 * @since 0.1.0
 */
export const rejectedInProtobuf = (answer: Uint8Array): number => {
  const partialSuccess = firstField(answer)
  const rejected = typeof partialSuccess === "object" ? firstField(partialSuccess) : undefined
  return typeof rejected === "number" && Number.isSafeInteger(rejected) ? rejected : 0
}

/** Field 1 of a message: a number or the bytes of what is inside; `undefined` where there is none, or nothing can be read. */
const firstField = (message: Uint8Array): number | Uint8Array | undefined => {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]
      if (byte === undefined || scale > 2 ** 63) return NaN
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const wire = tag % 8
    const value = wire === 0 || wire === 2 ? varint() : undefined
    if (tag === 8) return value
    if (tag === 10 && value !== undefined) return message.subarray(at, at + value)
    const length = wire === 0 ? 0 : (value ?? ({ 1: 8, 5: 4 } as const)[wire] ?? NaN)
    if (!(length >= 0)) return undefined
    at += length
  }
  return undefined
}

const understand = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Result> => {
  const { headers, status } = response
  if (status >= 200 && status < 300) {
    const inProtobuf = /protobuf/i.test(headers["content-type"] ?? "")
    return Effect.map(start(response), (answer) => ({
      _tag: "Delivered",
      rejectedItems: inProtobuf ? rejectedInProtobuf(answer) : rejectedItems(new TextDecoder().decode(answer))
    }))
  }
  if (!retryable.has(status)) return Effect.as(start(response), { _tag: "Refused" })
  return Effect.map(Clock.currentTimeMillis, (nowMillis) => ({
    _tag: "Failed",
    reason: "unreachable",
    askedMillis: askedMillis(headers["retry-after"], nowMillis)
  }))
}

const askedMillis = (header: string | undefined, nowMillis: number): number | undefined => {
  if (header === undefined) return undefined
  const asked = Headers.parseRetryAfter(header)
  if (EffectResult.isFailure(asked)) return undefined
  return Duration.toMillis(Headers.retryAfterDelay(asked.success, nowMillis))
}

/** The first bytes of an answer; one that breaks off is an answer all the same. */
const start = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Uint8Array> => {
  const answer = new Uint8Array(maxAnswerBytes)
  let length = 0
  return response.stream.pipe(
    Stream.takeWhile((bytes) => {
      const kept = bytes.subarray(0, maxAnswerBytes - length)
      answer.set(kept, length)
      length += kept.length
      return length < maxAnswerBytes
    }),
    Stream.runDrain,
    Effect.ignore,
    Effect.map(() => answer.subarray(0, length))
  )
}
