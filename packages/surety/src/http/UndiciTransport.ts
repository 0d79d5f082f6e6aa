/**
 * The transport over undici's dispatcher: the default on Node. It knows whether a byte of
 * the request was sent, and it follows no redirect.
 *
 * Neighbours: `FetchTransport` runs everywhere else; `HttpClientTransport` runs over any
 * Effect `HttpClient`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Agent, type Dispatcher } from "undici"
import * as RedactedNames from "../credential/RedactedNames.ts"
import * as Defaults from "../Defaults.ts"
import {
  type Exchange,
  Transport,
  type TransportCode,
  type TransportHandler,
  type WireHeaders,
  type WireRequest
} from "./Transport.ts"

/**
 * **Details**   `connections`: per origin, default 64. `connectTimeout`: default 5 seconds. `keepAlive`:
 * how long an idle connection is kept, default 4 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly connections?: number
  readonly connectTimeout?: Duration.Input
  readonly keepAlive?: Duration.Input
}

/**
 * A transport with connections of its own, closed with the layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (options: Options): Layer.Layer<Transport> =>
  Layer.effect(
    Transport,
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(
          () =>
            new Agent({
              connections: options.connections ?? Defaults.connections,
              pipelining: 1,
              // over HTTP/2 undici sends a refused stream again by itself, and takes a body that was cut off for whole
              allowH2: false,
              // said here, because `NODE_TLS_REJECT_UNAUTHORIZED=0` would switch the check off for the whole process
              connect: { timeout: millis(options.connectTimeout ?? "5 seconds"), rejectUnauthorized: true },
              keepAliveTimeout: millis(options.keepAlive ?? "4 seconds"),
              // the engine owns time: an attempt is cancelled from outside
              headersTimeout: 0,
              bodyTimeout: 0
            })
        ),
        (agent) => Effect.promise(() => agent.destroy())
      ),
      // `make` is declared further down, and `layer` is built while this module loads
      (agent) => {
        RedactedNames.install()
        return make(agent)
      }
    )
  )

/**
 * The default transport on Node.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Transport> = layerWith({})

/**
 * A transport over a dispatcher that somebody else owns.
 *
 * **Gotchas**   What it retries or follows by itself, the engine does not count. Declare an `Agent` with
 * `allowH2: false`: over HTTP/2 undici sends a refused stream again, and takes a body that was cut off for whole.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (dispatcher: Dispatcher): Transport => ({
  send: (request, handler) => {
    const exchange = new UndiciExchange(handler)
    try {
      dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.address?.() ?? request.path,
          method: request.method as Dispatcher.HttpMethod,
          headers: headersOf(request),
          body: request.body ?? null
        },
        exchange
      )
    } catch {
      // undici rejects a malformed request before it opens anything; its message may quote it
      exchange.refuse("invalid_request")
    }
    return exchange
  }
})

const headersOf = (request: WireRequest): Record<string, string> => {
  const headers: Record<string, string> = { ...request.headers }
  if (request.authorize !== undefined) Object.assign(headers, request.authorize())
  return headers
}

class UndiciExchange implements Dispatcher.DispatchHandler, Exchange {
  private readonly handler: TransportHandler
  private controller: Dispatcher.DispatchController | undefined = undefined
  private started: "no" | "yes" = "no"
  private headSeen: "no" | "yes" = "no"
  private over: "no" | "yes" = "no"

  constructor(handler: TransportHandler) {
    this.handler = handler
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    this.started = "yes"
    if (this.over === "yes") controller.abort(cancelled)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | Array<string> | undefined>
  ): void {
    this.controller = controller
    if (status < 200) return
    this.headSeen = "yes"
    if (this.over === "no") this.handler.onHead(status, joined(headers))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.over === "no") this.handler.onData(chunk)
  }

  onResponseEnd(): void {
    if (this.over === "yes") return
    this.over = "yes"
    this.handler.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.over === "yes") return
    this.over = "yes"
    const sent = this.started === "yes" ? "maybe" : "no"
    const code = codeOf(error, 0)
    this.handler.onError({ sent, code: this.headSeen === "yes" && code === "reset" ? "body_truncated" : code })
  }

  refuse(code: TransportCode): void {
    if (this.over === "yes") return
    this.over = "yes"
    this.handler.onError({ sent: "no", code })
  }

  cancel(): void {
    if (this.over === "yes") return
    this.over = "yes"
    this.controller?.abort(cancelled)
  }

  pause(): void {
    this.controller?.pause()
  }

  resume(): void {
    this.controller?.resume()
  }
}

const cancelled = new Error("cancelled")

const joined = (headers: Record<string, string | Array<string> | undefined>): WireHeaders => {
  // names are lower case already; only a repeated header needs a copy
  for (const name in headers) if (Array.isArray(headers[name])) return copied(headers)
  return headers as WireHeaders
}

const copied = (headers: Record<string, string | Array<string> | undefined>): WireHeaders => {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(", ") : value
  }
  return out
}

const codes: Readonly<Record<string, TransportCode>> = {
  ECONNREFUSED: "connect_refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "connect_timeout",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout",
  ECONNRESET: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "body_truncated",
  UND_ERR_DESTROYED: "closed",
  UND_ERR_CLOSED: "closed",
  UND_ERR_INVALID_ARG: "invalid_request"
}

const codeOf = (error: unknown, depth: number): TransportCode => {
  if (typeof error !== "object" || error === null || depth > 4) return "protocol"
  const { cause, code, errors } = error as {
    readonly code?: unknown
    readonly cause?: unknown
    readonly errors?: ReadonlyArray<unknown>
  }
  if (typeof code === "string") {
    const known = codes[code]
    if (known !== undefined) return known
    if (code.startsWith("CERT_") || code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || tls.has(code)) {
      return "tls"
    }
  }
  if (cause !== undefined) return codeOf(cause, depth + 1)
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0], depth + 1)
  return "protocol"
}

const tls = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
])

const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))
