/**
 * The transport over `fetch`, for every runtime that has it.
 *
 * `fetch` does not say whether a byte was sent, so every failure but a request that could
 * not be built counts as sent.
 *
 * Neighbours: `UndiciTransport` is the default on Node.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import {
  type Exchange,
  Transport,
  type TransportCode,
  type TransportHandler,
  type WireHeaders,
  type WireRequest
} from "./Transport.ts"

/**
 * A transport over a `fetch` function.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (fetch: typeof globalThis.fetch): Transport => ({
  send: (request, handler) => {
    const exchange = new FetchExchange(handler)
    void exchange.run(fetch, request)
    return exchange
  }
})

/**
 * A transport over the global `fetch`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Transport> = Layer.sync(Transport, () => make(globalThis.fetch))

class FetchExchange implements Exchange {
  private readonly handler: TransportHandler
  private readonly controller = new AbortController()
  private over: "no" | "yes" = "no"
  private paused: { readonly wait: Promise<void>; readonly go: () => void } | undefined = undefined

  constructor(handler: TransportHandler) {
    this.handler = handler
  }

  async run(fetch: typeof globalThis.fetch, request: WireRequest): Promise<void> {
    let outgoing: Request
    try {
      outgoing = new Request(request.origin + (request.address?.() ?? request.path), {
        method: request.method,
        headers: { ...request.headers, ...request.authorize?.() },
        // a string or bytes; the type wants bytes over a plain ArrayBuffer
        body: (request.body ?? null) as string | null,
        redirect: "manual",
        credentials: "omit",
        signal: this.controller.signal
      })
    } catch {
      // the runtime's message quotes the header value
      return this.fail({ sent: "no", code: "invalid_request" })
    }
    let seenHead = false
    try {
      const response = await fetch(outgoing)
      if (this.isOver()) return
      seenHead = true
      this.handler.onHead(response.status, Object.fromEntries(response.headers) as WireHeaders)
      const reader = response.body?.getReader()
      while (reader !== undefined && !this.isOver()) {
        const { done, value } = await reader.read()
        if (done) break
        if (this.isOver()) return
        this.handler.onData(value)
        if (this.paused !== undefined) await this.paused.wait
      }
      if (this.isOver()) return
      this.over = "yes"
      this.handler.onEnd()
    } catch (error) {
      this.fail(judge(error, seenHead ? "yes" : "no"))
    }
  }

  cancel(): void {
    if (this.over === "yes") return
    this.over = "yes"
    this.controller.abort()
    this.resume()
  }

  pause(): void {
    if (this.paused !== undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.paused = { wait: promise, go: resolve }
  }

  resume(): void {
    this.paused?.go()
    this.paused = undefined
  }

  // a method, because cancel may be called while `run` waits
  private isOver(): boolean {
    return this.over === "yes"
  }

  private fail(failure: { readonly sent: "no" | "maybe"; readonly code: TransportCode }): void {
    if (this.over === "yes") return
    this.over = "yes"
    this.handler.onError(failure)
  }
}

/** Node's `fetch` says in its cause when the connection was never made. */
const judge = (
  error: unknown,
  seenHead: "yes" | "no"
): { readonly sent: "no" | "maybe"; readonly code: TransportCode } => {
  // a `fetch` of somebody else's may reject with anything, `undefined` too
  const code = (error as { readonly cause?: { readonly code?: unknown } | null } | null | undefined)?.cause?.code
  switch (code) {
    case "ECONNREFUSED":
      return { sent: "no", code: "connect_refused" }
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { sent: "no", code: "dns" }
    case "UND_ERR_CONNECT_TIMEOUT":
      return { sent: "no", code: "connect_timeout" }
    default:
      return { sent: "maybe", code: seenHead === "yes" ? "body_truncated" : "reset" }
  }
}
