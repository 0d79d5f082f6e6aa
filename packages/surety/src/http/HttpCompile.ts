/**
 * Compiles an HTTP operation for a running provider: its codec, its transport, and what each
 * response teaches the limiter.
 *
 * Neighbours: called by the engine when the layer is built; `HttpAttempt` and `HttpStream`
 * run on the result.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type { Attempt } from "../engine/Attempt.ts"
import type { Binder } from "../engine/Binder.ts"
import type { Call } from "../engine/Call.ts"
import type { Environment } from "../engine/Environment.ts"
import * as KeyPlan from "../engine/KeyPlan.ts"
import * as Notices from "../engine/Notices.ts"
import * as Spans from "../engine/Spans.ts"
import * as Defaults from "../Defaults.ts"
import * as Notice from "../Notice.ts"
import type * as Operation from "../Operation.ts"
import * as ServerHint from "../ServerHint.ts"
import * as TimeAlgebra from "../TimeAlgebra.ts"
import type * as Wire from "../Wire.ts"
import * as Authorization from "./Authorization.ts"
import * as HttpCodec from "./HttpCodec.ts"
import type * as StreamShape from "./StreamShape.ts"
import { type Exchange, Transport, type TransportHandler, type WireHeaders, type WireRequest } from "./Transport.ts"

/**
 * What the compiled operation offers to its attempts.
 *
 * @category models
 * @since 0.1.0
 */
export interface HttpOp {
  readonly codec: HttpCodec.HttpCodec
  readonly transport: Transport
  readonly maxBodyBytes: number
  /** Sends the request of an attempt, with the credential of its call. */
  readonly send: (attempt: Attempt, prepared: HttpCodec.Prepared, handler: TransportHandler) => Exchange
  readonly observe: (call: Call, status: number, headers: WireHeaders) => void
  /** `from`: the request that was redirected, when it was not the first. */
  readonly redirect: (
    call: Call,
    status: number,
    location: string | undefined,
    from: WireRequest | undefined
  ) => WireRequest | undefined
  readonly kept: (prepared: HttpCodec.Prepared) => Kept | undefined
  /** Of conditional reads only. */
  readonly keep: ((prepared: HttpCodec.Prepared, headers: WireHeaders, value: unknown) => void) | undefined
}

/**
 * The last good answer to a conditional read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Kept {
  readonly etag: string
  readonly headers: WireHeaders
  readonly value: unknown
}

interface Options {
  readonly format?: "json" | "form"
  readonly headers?: Readonly<Record<string, string>>
  readonly expose?: ReadonlyArray<string>
  readonly maxBodyBytes?: number
  readonly idle?: Parameters<typeof TimeAlgebra.millis>[2]
  readonly conditional?: "etag"
}

/**
 * How the compiled operation makes its attempts: one exchange each, or a stream.
 *
 * @category models
 * @since 0.1.0
 */
export type Attempts = (op: HttpOp, environment: Environment, idleMillis: number) => Binder["attempt"]

/**
 * Returns the function that the engine calls when the layer is built.
 *
 * @category constructors
 * @since 0.1.0
 */
export const compile =
  (endpoint: unknown, declared: object, attempts: Attempts, streams?: StreamShape.Streams) =>
  (operation: Operation.Any, environment: Environment): Binder => {
    const options: Options = declared
    const { contract } = environment
    const base = new URL(contract.baseUrl)
    const basePath = base.pathname === "/" ? "" : base.pathname
    const headers: Record<string, string> = { ...options.headers }
    if ("header" in contract.version) headers[contract.version.header.toLowerCase()] = contract.version.value
    const codec = HttpCodec.make(endpoint as HttpApiEndpoint.Top, basePath, {
      headers,
      failures: operation.failures as ReadonlyArray<Wire.Any>,
      ...(options.format === undefined ? undefined : { format: options.format }),
      ...(streams === undefined ? undefined : { streams })
    })
    const remembered = memory(options)
    // `Provider.layer` asks for it in its requirements
    const transport = Context.getUnsafe(environment.context as Context.Context<Transport>, Transport)
    const requestOf = requestWriter(operation, environment, codec.method, base.origin, remembered)
    const send = Authorization.sender(transport, environment.credential)
    const op: HttpOp = {
      codec,
      transport,
      maxBodyBytes: options.maxBodyBytes ?? Defaults.maxBodyBytes,
      send: (attempt, prepared, handler) => send(attempt, requestOf(attempt, prepared), handler),
      observe: observer(environment),
      redirect: redirector(operation, environment, codec.method, base.origin),
      ...remembered
    }
    const idleMillis =
      options.idle === undefined ? operation.attemptMillis : TimeAlgebra.millis(operation.name, "idle", options.idle)
    return {
      usesCredential: environment.credential === undefined ? "no" : "yes",
      expose: (options.expose ?? []).map((name) => name.toLowerCase()),
      prepare: codec.prepare,
      attempt: attempts(op, environment, idleMillis)
    }
  }

const requestWriter = (
  operation: Operation.Any,
  environment: Environment,
  method: string,
  origin: string,
  remembered: Pick<HttpOp, "kept">
): ((attempt: Attempt, prepared: HttpCodec.Prepared) => WireRequest) => {
  const plan = operation.idempotency
  const traced = environment.contract.propagateTrace === "w3c"
  return (attempt, prepared) => {
    const { call } = attempt
    let { headers } = prepared
    if (plan?._tag === "Key" && call.key !== undefined) {
      headers = { ...headers, [plan.header]: KeyPlan.headerValue(plan, call.key) }
    }
    const etag = remembered.kept(prepared)?.etag
    if (etag !== undefined) headers = { ...headers, "if-none-match": etag }
    const span = attempt.span ?? call.span
    if (traced && span !== undefined) {
      headers = { ...headers, traceparent: `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}` }
    }
    Spans.address(attempt, origin, prepared.path)
    return {
      method,
      origin,
      path: prepared.path,
      headers,
      body: prepared.body,
      authorize: undefined
    }
  }
}

const observer = (environment: Environment): HttpOp["observe"] => {
  const { limits, notices = Notice.fromHeaders } = environment.contract
  const { learn } = limits
  const answered = environment.credential?.source.answered
  return (call, status, headers) => {
    answered?.({ status, headers })
    Notices.observe(call, notices(headers), status)
    if (learn === undefined) return
    const seen = learn({ status, headers, nowMillis: ServerHint.clock(headers["date"], call.time.wall()) })
    if (seen.length > 0) environment.guards.limiter.observe(seen, call.time.now())
  }
}

const redirector = (
  operation: Operation.Any,
  environment: Environment,
  method: string,
  origin: string
): HttpOp["redirect"] => {
  const allowed = new Set(environment.contract.redirectsTo.map((url) => new URL(url).origin))
  const redirects = new Set([301, 302, 303, 307, 308])
  // a read that asks with a body would ask something else without it
  const follows = allowed.size > 0 && operation.kind === "read" && (method === "GET" || method === "HEAD")
  return (call, status, location, from) => {
    if (!follows || location === undefined || !redirects.has(status)) return undefined
    const prepared = call.prepared as HttpCodec.Prepared
    const base = from === undefined ? origin + prepared.path : from.origin + from.path
    const target = URL.canParse(location, base) ? new URL(location, base) : undefined
    if (target === undefined || !allowed.has(target.origin)) return undefined
    return {
      method,
      origin: target.origin,
      path: target.pathname + target.search,
      headers: { accept: prepared.headers["accept"] ?? "*/*" },
      body: undefined,
      authorize: undefined
    }
  }
}

const keptCapacity = 1000

/** One memory per built layer: two layers may carry two credentials, and see different answers. */
const memory = (options: Options): Pick<HttpOp, "kept" | "keep"> => {
  if (options.conditional === undefined) return { kept: () => undefined, keep: undefined }
  const answers = new Map<string, Kept>()
  return {
    kept: (prepared) => answers.get(keyOf(prepared)),
    keep: (prepared, headers, value) => {
      const key = keyOf(prepared)
      answers.delete(key)
      const etag = headers["etag"]
      if (etag === undefined) return
      answers.set(key, { etag, headers, value })
      if (answers.size > keptCapacity) {
        const oldest = answers.keys().next()
        if (!oldest.done) answers.delete(oldest.value)
      }
    }
  }
}

/** One address may answer in several languages or formats, under one tag. */
const keyOf = (prepared: HttpCodec.Prepared): string => `${prepared.path} ${JSON.stringify(prepared.headers)}`
