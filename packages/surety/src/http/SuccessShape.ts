/**
 * How the successes of an endpoint look on the wire: status, kind of body and codec, one
 * shape per success schema. The client decodes with it, the fake provider encodes.
 *
 * Neighbours: `HttpCodec` compiles shapes into decoders. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as Sse from "effect/encoding/Sse"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

/**
 * One success of an endpoint.
 *
 * **Details**   `codec` is for the whole body (`json`, `empty`) or for one element (`ndjson`, and
 * `sse`, whose elements are event records); `bytes` has none. `unwrap: "data"` means that
 * callers see the data of an event and not the event.
 *
 * @category models
 * @since 0.1.0
 */
export interface SuccessShape {
  readonly status: number
  readonly kind: "json" | "empty" | "ndjson" | "sse" | "bytes"
  readonly contentType: string
  readonly codec: Schema.Codec<unknown, unknown> | undefined
  readonly unwrap: "data" | "none"
}

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
 * The shapes of an endpoint, in the order of its success schemas. An endpoint without one
 * answers 204.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEndpoint = (endpoint: HttpApiEndpoint.Top): ReadonlyArray<SuccessShape> => {
  const schemas = [...endpoint.success]
  return (schemas.length === 0 ? [HttpApiSchema.NoContent] : schemas).map(shapeOf)
}

/**
 * The HTTP status that a schema was given.
 *
 * @category getters
 * @since 0.1.0
 */
export const statusOf = (schema: Schema.Top): number | undefined => {
  // `HttpApiSchema.status` writes it next to the schema, an annotation of a class into it
  const own = Schema.resolveAnnotationsKey(schema) as Annotations | undefined
  return own?.httpApiStatus ?? (Schema.resolveAnnotations(schema) as Annotations | undefined)?.httpApiStatus
}

/**
 * Decodes what a shape's codec is for, down to what callers see.
 *
 * @category rules
 * @since 0.1.0
 */
export const decoderOf = (shape: SuccessShape): ((encoded: unknown) => Exit.Exit<unknown, unknown>) => {
  const { codec, unwrap } = shape
  if (codec === undefined) return Exit.succeed
  const decode = Schema.decodeUnknownExit(codec)
  return unwrap === "none"
    ? decode
    : (event) => Exit.map(decode(event), (decoded) => (decoded as { readonly data: unknown }).data)
}

/**
 * The shapes that are streams, by status.
 *
 * @category rules
 * @since 0.1.0
 */
export const streamsOf = (shapes: ReadonlyArray<SuccessShape>): ReadonlyMap<number, StreamSuccess> => {
  const found = new Map<number, StreamSuccess>()
  for (const shape of shapes) {
    const { contentType, kind, status } = shape
    if (kind === "json" || kind === "empty") continue
    found.set(status, { kind, contentType, decode: decoderOf(shape) })
  }
  return found
}

/**
 * Does any success of the endpoint answer with a stream?
 *
 * @category guards
 * @since 0.1.0
 */
export const hasStream = (endpoint: object): boolean =>
  [...(endpoint as HttpApiEndpoint.Top).success].some((schema) => isStream(schema))

interface Annotations {
  readonly httpApiStatus?: number
}

const shapeOf = (schema: Schema.Top): SuccessShape => {
  const status = statusOf(schema)
  if (isStream(schema)) return streamOf(schema, status ?? 200)
  // the schema's services are `never`: the engine could not provide any
  const codec = schema as unknown as Schema.Codec<unknown, unknown>
  return HttpApiSchema.isNoContent(schema.ast)
    ? { status: status ?? 204, kind: "empty", contentType: "", codec, unwrap: "none" }
    : { status: status ?? 200, kind: "json", contentType: "application/json", codec, unwrap: "none" }
}

type StreamSchema =
  | HttpApiSchema.StreamSse<Sse.EventCodec, Schema.Top, unknown>
  | HttpApiSchema.StreamNdjson<Schema.Top>
  | HttpApiSchema.StreamUint8Array

// Effect's own guard is internal
const isStream = (schema: Schema.Top): schema is Schema.Top & StreamSchema =>
  "~effect/http-api/HttpApiSchema/Stream" in schema

const streamOf = (schema: StreamSchema, status: number): SuccessShape => {
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
