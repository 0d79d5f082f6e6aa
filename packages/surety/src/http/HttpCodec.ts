/**
 * Everything about one endpoint that can be known before the first call: path template,
 * encoders, and decoders by status and content type.
 *
 * Effect's `HttpApiClient` decodes after its client's retries and breaker have already
 * judged the response, and reports an undeclared status as a decode error; here the decoded
 * answer is what the engine judges.
 *
 * Neighbours: `HttpAttempt` runs one exchange with it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import type * as Failure from "../Failure.ts"
import { quietly } from "../engine/Quietly.ts"
import * as ServerHint from "../ServerHint.ts"
import { ContractViolation, UndeclaredStatus } from "../TransportFailure.ts"
import type * as Wire from "../Wire.ts"
import * as FormBody from "./FormBody.ts"
import { pathOf, violationOf } from "./IssuePath.ts"
import * as RefusedRequest from "./RefusedRequest.ts"
import type * as StreamShape from "./StreamShape.ts"
import * as SuccessShape from "./SuccessShape.ts"

/**
 * The encoded request of one call, the same for every attempt.
 *
 * @category models
 * @since 0.1.0
 */
export interface Prepared {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/**
 * What a complete response turned out to be.
 *
 * @category models
 * @since 0.1.0
 */
export type Decoded =
  | { readonly _tag: "Success"; readonly value: unknown }
  | { readonly _tag: "Failure"; readonly failure: Failure.Any }

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpCodec {
  readonly method: string
  readonly template: string
  readonly prepare: (request: unknown) => Prepared
  readonly decode: (
    status: number,
    headers: Readonly<Record<string, string>>,
    text: string,
    nowMillis: number
  ) => Decoded
  /** Whether an answer with this status goes to the caller, if it can be read. */
  readonly isSuccess: (status: number) => boolean
  /** By status, for endpoints that stream. */
  readonly streams: StreamShape.Streams["streams"] | undefined
}

interface RequestParts {
  readonly params?: unknown
  readonly query?: unknown
  readonly headers?: unknown
  readonly payload?: unknown
}

/** The endpoint as it is at run time. */
type AnyEndpoint = HttpApiEndpoint.Top

/**
 * Compiles an endpoint.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  endpoint: AnyEndpoint,
  basePath: string,
  options: {
    readonly format?: "json" | "form"
    readonly headers?: Readonly<Record<string, string>>
    readonly failures: ReadonlyArray<Wire.Any>
    /** By status, for endpoints that stream; their shapes besides. */
    readonly streams?: StreamShape.Streams
  }
): HttpCodec => {
  const body = payloadOf(endpoint, options.format)
  const fixed: Record<string, string> = { accept: "application/json" }
  if (body.contentType !== undefined) fixed["content-type"] = body.contentType
  for (const [name, value] of Object.entries(options.headers ?? {})) fixed[name.toLowerCase()] = value
  const path = pathWriter(endpoint.path, basePath)
  const params = encoderOf(endpoint.params)
  const query = encoderOf(endpoint.query)
  const headers = encoderOf(endpoint.headers)
  const { shapes, streams } = options.streams ?? { shapes: SuccessShape.fromEndpoint(endpoint), streams: undefined }
  const successes = successesOf(shapes)
  if (streams !== undefined) fixed["accept"] = [...streams.values()].map((s) => s.contentType).join(", ")
  const wires = wiresOf(options.failures)
  return {
    method: endpoint.method,
    template: basePath + endpoint.path,
    streams,
    isSuccess: (status) => successes.has(status) || streams?.has(status) === true,
    prepare: RefusedRequest.instead((request) => {
      const parts = (request ?? {}) as RequestParts
      let target = path(params === undefined ? undefined : encode(params, parts.params, "params"))
      const search = query === undefined ? "" : queryOf(encode(query, parts.query, "query"))
      const encoded =
        body.encode === undefined || parts.payload === undefined
          ? undefined
          : body.write(encode(body.encode, parts.payload, "payload"))
      const tail =
        body.into === "query" && encoded !== undefined && encoded !== ""
          ? search === ""
            ? encoded
            : `${search}&${encoded}`
          : search
      if (tail !== "") target += `?${tail}`
      return {
        path: target,
        headers: headers === undefined ? fixed : { ...fixed, ...headersOf(encode(headers, parts.headers, "headers")) },
        body: body.into === "body" ? encoded : undefined
      }
    }),
    decode: (status, responseHeaders, text, nowMillis) => {
      const success = successes.get(status)
      if (success !== undefined) return decodeSuccess(success, status, responseHeaders, text)
      return {
        _tag: "Failure",
        failure: decodeFailure(wires.get(status), {
          status,
          headers: responseHeaders,
          text,
          nowMillis: ServerHint.clock(responseHeaders["date"], nowMillis)
        })
      }
    }
  }
}

// --- requests ----------------------------------------------------------------------------

type Encoder = (value: unknown) => Exit.Exit<unknown, unknown>

const encoderOf = (schema: Schema.Top | undefined): Encoder | undefined =>
  // the schema's services are `never`: the engine could not provide any
  schema === undefined ? undefined : Schema.encodeUnknownExit(schema as Schema.Codec<unknown, unknown>)

const encode = (encoder: Encoder, value: unknown, part: string): unknown => {
  const exit = encoder(value)
  if (Exit.isSuccess(exit)) return exit.value
  throw quietly(
    () => new ContractViolation({ violation: "request", acted: "no", path: `${part}${pathOf(exit.cause)}` })
  )
}

const pathWriter = (path: string, basePath: string): ((params: unknown) => string) => {
  const names: Array<string> = []
  const literals: Array<string> = []
  let rest = basePath + path
  for (const match of path.matchAll(/:([A-Za-z0-9_]+)\??/g)) {
    const at = rest.indexOf(match[0])
    literals.push(rest.slice(0, at))
    names.push(match[1] ?? "")
    rest = rest.slice(at + match[0].length)
  }
  literals.push(rest)
  if (names.length === 0) return () => rest
  return (params) => {
    const values = params as Readonly<Record<string, string>>
    let out = literals[0] ?? ""
    for (let i = 0; i < names.length; i++) out += segment(values[names[i] ?? ""] ?? "") + (literals[i + 1] ?? "")
    return out
  }
}

/** A path parameter must not change the path: a value of dots would. */
const segment = (value: string): string => {
  if (value === "" || value === "." || value === "..") {
    throw RefusedRequest.make("a path parameter is empty or made of dots", "params")
  }
  return encodeURIComponent(value)
}

const queryOf = (encoded: unknown): string => {
  const parts: Array<string> = []
  for (const [name, value] of Object.entries(encoded as object)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)
    }
  }
  return parts.join("&")
}

const headersOf = (encoded: unknown): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(encoded as Readonly<Record<string, string | undefined>>)) {
    if (value === undefined) continue
    // a transport would refuse it too, but as a request that was not sent: retried, and counted against the provider
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw RefusedRequest.make("a header has characters that no header may carry", `headers.${name}`)
    }
    headers[name.toLowerCase()] = value
  }
  return headers
}

interface Body {
  readonly into: "body" | "query"
  readonly contentType: string | undefined
  readonly encode: Encoder | undefined
  readonly write: (encoded: unknown) => string
}

const payloadOf = (endpoint: AnyEndpoint, format: "json" | "form" | undefined): Body => {
  for (const [type, { encoding, schemas }] of endpoint.payload) {
    const [schema] = schemas
    const encoder = encoderOf(schemas.length === 1 ? schema : Schema.Union(schemas))
    if (endpoint.method === "GET" || endpoint.method === "HEAD") {
      return { into: "query", contentType: undefined, encode: encoder, write: queryOf }
    }
    if (format === "form" || encoding._tag === "FormUrlEncoded") {
      return {
        into: "body",
        contentType: "application/x-www-form-urlencoded",
        encode: encoder,
        write: FormBody.encode
      }
    }
    if (encoding._tag === "Json") {
      return { into: "body", contentType: type, encode: encoder, write: (value) => JSON.stringify(value) }
    }
    if (encoding._tag === "Text") return { into: "body", contentType: type, encode: encoder, write: String }
    throw new RangeError(`${endpoint.identifier}: a ${encoding._tag} payload is not supported; use JSON, form or text`)
  }
  return { into: "body", contentType: undefined, encode: undefined, write: String }
}

// --- responses ---------------------------------------------------------------------------

interface SuccessCodec {
  readonly empty: "yes" | "no"
  readonly decode: (value: unknown) => Exit.Exit<unknown, unknown>
}

const successesOf = (shapes: ReadonlyArray<SuccessShape.SuccessShape>): ReadonlyMap<number, SuccessCodec> => {
  const found = new Map<number, SuccessCodec>()
  for (const shape of shapes) {
    const { kind, status } = shape
    if (kind !== "json" && kind !== "empty") continue
    // these kinds have one
    const decode = Schema.decodeUnknownExit(shape.codec as NonNullable<typeof shape.codec>)
    // `asNoContent` gives an empty body a value; JSON codecs see an empty body as null
    const nothing = kind === "empty" ? decode(null) : undefined
    found.set(status, nothing === undefined ? { empty: "no", decode } : { empty: "yes", decode: () => nothing })
  }
  const only = found.size === 1 && shapes.length === 1 ? [...found.values()][0] : undefined
  // one success schema serves every 2xx of its endpoint, as providers move between 200 and 201
  if (only !== undefined) for (const status of [200, 201, 202, 204]) if (!found.has(status)) found.set(status, only)
  return found
}

const wiresOf = (failures: ReadonlyArray<Wire.Any>): ReadonlyMap<number, ReadonlyArray<Wire.Any>> => {
  const found = new Map<number, Array<Wire.Any>>()
  for (const wire of failures) {
    for (const status of wire.statuses) {
      const list = found.get(status)
      if (list === undefined) found.set(status, [wire])
      else list.push(wire)
    }
  }
  return found
}

const isJson = (headers: Readonly<Record<string, string>>): boolean => {
  const type = headers["content-type"]
  return type !== undefined && (type.startsWith("application/json") || /^[\w.+-]+\/([\w.-]+\+)?json\b/i.test(type))
}

const decodeSuccess = (
  codec: SuccessCodec,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string
): Decoded => {
  if (codec.empty === "yes") {
    const nothing = codec.decode(text)
    return Exit.isSuccess(nothing)
      ? { _tag: "Success", value: nothing.value }
      : violated("decode", status, undefined, pathOf(nothing.cause))
  }
  if (!isJson(headers)) return violated("content_type", status, undefined)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // the parser's message quotes the body
    return violated("decode", status, "not JSON")
  }
  const exit = codec.decode(parsed)
  return Exit.isSuccess(exit)
    ? { _tag: "Success", value: exit.value }
    : violated(violationOf(exit.cause), status, undefined, pathOf(exit.cause))
}

const decodeFailure = (
  wires: ReadonlyArray<Wire.Any> | undefined,
  response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly text: string
    readonly nowMillis: number
  }
): Failure.Any => {
  const { headers, nowMillis, status, text } = response
  if (wires !== undefined) {
    const body = isJson(headers) ? parseOr(text) : text
    for (const wire of wires) {
      const failure = quietly(() => wire.decode({ status, headers, body, nowMillis }))
      if (failure !== undefined) return failure as Failure.Any
    }
  }
  if (status >= 500) {
    const retryAfter = ServerHint.retryAfter(headers["retry-after"], nowMillis)
    return quietly(() => new UndeclaredStatus(retryAfter === undefined ? { status } : { status, retryAfter }))
  }
  const violation = wires !== undefined ? "decode" : status >= 300 && status < 400 ? "redirect" : "undeclared_status"
  return quietly(
    () => new ContractViolation({ violation, status, acted: status < 300 ? "yes" : status < 400 ? "maybe" : "no" })
  )
}

const parseOr = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const violated = (
  violation: "decode" | "enum_unknown" | "content_type",
  status: number,
  detail: string | undefined,
  path?: string
): Decoded => ({
  _tag: "Failure",
  failure: quietly(
    () =>
      new ContractViolation({
        violation,
        status,
        acted: "yes",
        ...(path === undefined ? {} : { path }),
        ...(detail === undefined ? {} : { detail })
      })
  )
})
