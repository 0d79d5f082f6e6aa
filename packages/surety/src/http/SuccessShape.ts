/**
 * How the successes of an endpoint look on the wire: status, kind of body and codec, one
 * shape per success schema. The client decodes with it, the fake provider encodes.
 *
 * Neighbours: `HttpCodec` compiles shapes into decoders; `StreamShape` adds those that are streams. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
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
 * The shapes of an endpoint, in the order of its success schemas. An endpoint without one
 * answers 204.
 *
 * **Details**   `shapeOf`: of one schema; the default knows no streams.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEndpoint = (
  endpoint: HttpApiEndpoint.Top,
  shapeOf: (schema: Schema.Top) => SuccessShape = fromSchema
): ReadonlyArray<SuccessShape> => {
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

/**
 * The shape of a success that is no stream.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSchema = (schema: Schema.Top): SuccessShape => {
  const status = statusOf(schema)
  // the schema's services are `never`: the engine could not provide any
  const codec = schema as unknown as Schema.Codec<unknown, unknown>
  return HttpApiSchema.isNoContent(schema.ast)
    ? { status: status ?? 204, kind: "empty", contentType: "", codec, unwrap: "none" }
    : { status: status ?? 200, kind: "json", contentType: "application/json", codec, unwrap: "none" }
}

/**
 * Is a success a stream?
 *
 * @category guards
 * @since 0.1.0
 */
export const isStream = (schema: object): boolean =>
  // Effect's own guard is internal
  "~effect/http-api/HttpApiSchema/Stream" in schema
