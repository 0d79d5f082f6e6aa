/**
 * How the successes of an endpoint look on the wire when some of them are streams: NDJSON, server-sent events or bytes.
 *
 * Neighbours: `SuccessShape` has the others; `HttpOperation.stream` brings this, so that only programs with streams ship it.
 * Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as Sse from "effect/encoding/Sse"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SuccessShape from "./SuccessShape.ts"

/**
 * A successful response whose body is a stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamSuccess {
  readonly kind: "ndjson" | "sse" | "bytes"
  readonly contentType: string
  /** Decodes one JSON element (ndjson, sse); `sse` elements are event records. */
  readonly decode: (element: unknown) => Exit.Exit<unknown, unknown>
}

/**
 * What a codec needs to know of an endpoint that streams.
 *
 * @category models
 * @since 0.1.0
 */
export interface Streams {
  readonly shapes: ReadonlyArray<SuccessShape.SuccessShape>
  readonly streams: ReadonlyMap<number, StreamSuccess>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (endpoint: HttpApiEndpoint.Top): Streams => {
  const shapes = fromEndpoint(endpoint)
  return { shapes, streams: streamsOf(shapes) }
}

/**
 * The shapes of an endpoint, in the order of its success schemas.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEndpoint = (endpoint: HttpApiEndpoint.Top): ReadonlyArray<SuccessShape.SuccessShape> =>
  SuccessShape.fromEndpoint(endpoint, (schema) =>
    isStream(schema) ? streamOf(schema, SuccessShape.statusOf(schema) ?? 200) : SuccessShape.fromSchema(schema)
  )

/**
 * The shapes that are streams, by status.
 *
 * @category rules
 * @since 0.1.0
 */
export const streamsOf = (shapes: ReadonlyArray<SuccessShape.SuccessShape>): ReadonlyMap<number, StreamSuccess> => {
  const found = new Map<number, StreamSuccess>()
  for (const shape of shapes) {
    const { contentType, kind, status } = shape
    if (kind === "json" || kind === "empty") continue
    found.set(status, { kind, contentType, decode: decoderOf(shape) })
  }
  return found
}

/** Decodes one element, down to what callers see. */
const decoderOf = (shape: SuccessShape.SuccessShape): ((encoded: unknown) => Exit.Exit<unknown, unknown>) => {
  const { codec, unwrap } = shape
  if (codec === undefined) return Exit.succeed
  const decode = Schema.decodeUnknownExit(codec)
  return unwrap === "none"
    ? decode
    : (event) => Exit.map(decode(event), (decoded) => (decoded as { readonly data: unknown }).data)
}

type StreamSchema =
  | HttpApiSchema.StreamSse<Sse.EventCodec, Schema.Top, unknown>
  | HttpApiSchema.StreamNdjson<Schema.Top>
  | HttpApiSchema.StreamUint8Array

const isStream = (schema: Schema.Top): schema is Schema.Top & StreamSchema => SuccessShape.isStream(schema)

const streamOf = (schema: StreamSchema, status: number): SuccessShape.SuccessShape => {
  const { contentType } = schema
  switch (schema._tag) {
    case "StreamSse": {
      const codec = schema.events as unknown as Schema.Codec<unknown, unknown>
      return { status, kind: "sse", contentType, codec, unwrap: schema.sseMode === "data" ? "data" : "none" }
    }
    case "StreamNdjson": {
      const codec = Schema.toCodecJson(schema.schema) as unknown as Schema.Codec<unknown, unknown>
      return { status, kind: "ndjson", contentType, codec, unwrap: "none" }
    }
    case "StreamUint8Array":
      return { status, kind: "bytes", contentType, codec: undefined, unwrap: "none" }
  }
}
