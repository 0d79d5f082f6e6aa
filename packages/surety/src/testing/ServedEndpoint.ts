/**
 * An endpoint seen from the provider's side: which requests are its own, what they say, and
 * how a result, a stream or a declared failure is written back.
 *
 * It runs the schemas of the contract the other way round and knows no vendor, no fault
 * and no handler. Effect's `HttpApiBuilder` does the same behind a router and a server, which
 * answer in their own words where a request does not decode.
 *
 * Neighbours: `http/HttpCodec` is the client's side; `FakeProvider` calls both of ours.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import type * as Failure from "../Failure.ts"
import * as Bytes from "../http/Bytes.ts"
import { pathOf } from "../http/IssuePath.ts"
import * as StreamShape from "../http/StreamShape.ts"
import type * as SuccessShape from "../http/SuccessShape.ts"
import type * as Wire from "../Wire.ts"
import { type FakeRequest, type FakeResponse, json, toBytes } from "./FakeExchange.ts"

/**
 * A request as the endpoint understands it, or where it does not.
 *
 * @category models
 * @since 0.1.0
 */
export type Decoded =
  | { readonly _tag: "Request"; readonly request: unknown }
  | { readonly _tag: "Undecodable"; readonly path: string; readonly detail: string }

/**
 * The provider's side of an endpoint.
 *
 * **Details**   `match` gives the raw path parameters, or `undefined` for another endpoint's request.
 * `body` writes a result that is not a stream; `elements` what a stream gave so far. Both throw
 * an `Error` with the path when the value is not one of the declared successes. `failure`
 * gives `undefined` for a failure that is not declared with a status.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServedEndpoint {
  readonly method: string
  readonly template: string
  readonly streams: boolean
  readonly match: (method: string, path: string) => Readonly<Record<string, string>> | undefined
  readonly decode: (request: FakeRequest, params: Readonly<Record<string, string>>) => Decoded
  readonly body: (value: unknown) => FakeResponse
  readonly elements: (values: ReadonlyArray<unknown>, end: "complete" | "cut") => FakeResponse
  readonly failure: (failure: Failure.Any) => FakeResponse | undefined
  /** the schema of the result, or of one element; `undefined` for bytes */
  readonly schema: Schema.Constraint | undefined
  readonly shape: SuccessShape.SuccessShape
}

/**
 * The provider's side of an endpoint under a base path.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  endpoint: HttpApiEndpoint.Top,
  basePath: string,
  failures: ReadonlyArray<Wire.Any>
): ServedEndpoint => {
  const shapes = StreamShape.fromEndpoint(endpoint)
  const [shape] = shapes
  if (shape === undefined) throw new Error(`${endpoint.identifier} has no success`)
  const template = basePath + endpoint.path
  const pattern = patternOf(template)
  const reader = readerOf(endpoint)
  return {
    method: endpoint.method,
    template,
    streams: shape.kind !== "json" && shape.kind !== "empty",
    match: (method, path) => {
      const found = method === endpoint.method ? pattern.exec(path) : null
      return found === null ? undefined : decodeSegments(found.groups ?? {})
    },
    decode: (request, params) => {
      const parts: Record<string, unknown> = {}
      for (const [part, read] of reader) {
        const exit = read(request, params)
        if (Exit.isFailure(exit)) return { _tag: "Undecodable", path: part + pathOf(exit.cause), detail: text(exit) }
        parts[part] = exit.value
      }
      return { _tag: "Request", request: reader.length === 0 ? undefined : parts }
    },
    body: (value) => writeBody(endpoint.identifier, shapes, value),
    elements: (values, end) => writeElements(endpoint.identifier, shape, values, end),
    failure: (failure) => writeFailure(failures, failure),
    schema: shape.unwrap === "data" ? dataOf(shape) : shape.codec,
    shape
  }
}

// --- requests ----------------------------------------------------------------------------

type Read = (request: FakeRequest, params: Readonly<Record<string, string>>) => Exit.Exit<unknown, unknown>

const patternOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(/(:[A-Za-z0-9_]+\??)/)
      .map((part) =>
        part.startsWith(":")
          ? `(?<${part.slice(1).replace("?", "")}>[^/]${part.endsWith("?") ? "*" : "+"})`
          : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      )
      .join("")}$`
  )

const decodeSegments = (groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined => {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
  } catch {
    return undefined
  }
}

const readerOf = (endpoint: HttpApiEndpoint.Top): ReadonlyArray<readonly [string, Read]> => {
  const reader: Array<readonly [string, Read]> = []
  const { headers, params, query } = endpoint
  if (params !== undefined) {
    const decode = decoderOf(params)
    reader.push(["params", (_request, found) => decode(found)])
  }
  if (query !== undefined) {
    const decode = decoderOf(Schema.toCodecArrayFromSingle(query))
    reader.push(["query", (request) => decode(flat(request.query))])
  }
  if (headers !== undefined) {
    const decode = decoderOf(headers)
    reader.push(["headers", (request) => decode(request.headers)])
  }
  if (endpoint.payload.size > 0) reader.push(["payload", payloadOf(endpoint)])
  return reader
}

const payloadOf = (endpoint: HttpApiEndpoint.Top): Read => {
  const readers = new Map<string, Read>()
  for (const [type, { schemas }] of endpoint.payload) {
    const [first] = schemas
    readers.set(type, payloadReader(endpoint.method, schemas.length === 1 ? first : Schema.Union(schemas)))
  }
  const [only] = readers.values()
  return (request, params) => {
    const read = readers.get(mediaType(request)) ?? only
    return read === undefined ? Exit.succeed(undefined) : read(request, params)
  }
}

const payloadReader = (method: string, schema: Schema.Top): Read => {
  const decode = decoderOf(schema)
  if (method === "GET" || method === "HEAD") {
    const decodeQuery = decoderOf(Schema.toCodecArrayFromSingle(schema))
    return (request) => decodeQuery(flat(request.query))
  }
  // a form knows strings only: what the JSON form of the payload has besides is read from them
  const leaves = decoderOf(Schema.toCodecArrayFromSingle(Schema.toCodecStringTree(Schema.toEncoded(schema))))
  const decodeForm = (body: string): Exit.Exit<unknown, unknown> => {
    const read = leaves(SchemaGetter.makeTreeRecord([...new URLSearchParams(body)]))
    return Exit.isSuccess(read) ? decode(read.value) : read
  }
  return (request) => {
    switch (mediaType(request)) {
      case "application/x-www-form-urlencoded":
        return decodeForm(request.body)
      case "text/plain":
        return decode(request.body)
      default:
        return decode(parsed(request.body))
    }
  }
}

const mediaType = (request: FakeRequest): string =>
  (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? ""

const parsed = (body: string): unknown => {
  if (body === "") return undefined
  try {
    return JSON.parse(body)
  } catch {
    // no schema accepts it
    return notJson
  }
}

const notJson = Symbol.for("surety/not-json")

const flat = (query: URLSearchParams): Readonly<Record<string, string | ReadonlyArray<string>>> => {
  const record: Record<string, string | ReadonlyArray<string>> = {}
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name)
    record[name] = values.length === 1 ? (values[0] ?? "") : values
  }
  return record
}

const decoderOf = (schema: Schema.Constraint) =>
  // the schema's services are `never`, as on the client's side
  Schema.decodeUnknownExit(schema as unknown as Schema.Codec<unknown, unknown>)

const text = (exit: Exit.Failure<unknown, unknown>): string => {
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? String((reason.error as { readonly message?: unknown }).message) : "not readable"
}

// --- responses ---------------------------------------------------------------------------

const writeBody = (name: string, shapes: ReadonlyArray<SuccessShape.SuccessShape>, value: unknown): FakeResponse => {
  let refusal = "it declares only streams"
  for (const { codec, kind, status } of shapes) {
    if (codec === undefined || (kind !== "json" && kind !== "empty")) continue
    const exit = Schema.encodeUnknownExit(codec)(value)
    if (Exit.isSuccess(exit)) return kind === "empty" ? { status } : json(status, exit.value)
    refusal = text(exit)
  }
  throw new Error(`${name}: the handler's value is none of the declared successes: ${refusal}`)
}

const writeElements = (
  name: string,
  shape: SuccessShape.SuccessShape,
  values: ReadonlyArray<unknown>,
  end: "complete" | "cut"
): FakeResponse => {
  const headers = { "content-type": shape.contentType }
  const encode = shape.codec === undefined ? undefined : Schema.encodeUnknownExit(shape.codec)
  const pieces = values.map((value, index) => {
    if (encode === undefined) return value as Uint8Array
    const exit = encode(shape.unwrap === "data" ? { event: "message", data: value } : value)
    if (Exit.isSuccess(exit)) return shape.kind === "sse" ? event(exit.value) : `${JSON.stringify(exit.value)}\n`
    throw new Error(`${name}: element ${index} of the handler's stream is not what is declared: ${text(exit)}`)
  })
  return { status: shape.status, headers, body: joined(pieces), end }
}

/** The event field is left out where it is the default; each line of the data is a line of its own. */
const event = (encoded: unknown): string => {
  const { data, event, id } = encoded as { readonly id?: string; readonly event?: string; readonly data: string }
  const lines = data.split("\n").map((line) => `data: ${line}\n`)
  return `${id === undefined ? "" : `id: ${id}\n`}${
    event === undefined || event === "message" ? "" : `event: ${event}\n`
  }${lines.join("")}\n`
}

const joined = (pieces: ReadonlyArray<string | Uint8Array>): Uint8Array =>
  Bytes.joined(pieces.map((piece) => toBytes({ status: 200, body: piece })))

const writeFailure = (failures: ReadonlyArray<Wire.Any>, failure: Failure.Any): FakeResponse | undefined => {
  const wire = failures.find((candidate) => candidate.tag === failure._tag)
  if (wire === undefined) return undefined
  const { body, headers, status } = wire.encode(failure)
  if (body === undefined) return { status, headers: headers ?? {} }
  return typeof body === "string"
    ? { status, headers: { "content-type": "text/plain", ...headers }, body }
    : json(status, body, headers)
}

/** What callers see of an event that carries only data. */
const dataOf = (shape: SuccessShape.SuccessShape): Schema.Constraint | undefined =>
  (shape.codec as unknown as { readonly fields?: Readonly<Record<string, Schema.Constraint>> }).fields?.["data"]
