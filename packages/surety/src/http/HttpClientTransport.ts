/**
 * The transport over any Effect `HttpClient`, for programs that already have one (a mock, a
 * proxy, a platform client).
 *
 * The client is used as it is given; its spans and trace propagation are switched off for the exchange,
 * because the contract decides that, and so is following redirects in a client over `fetch`. A client that retries by itself multiplies attempts.
 *
 * Neighbours: `UndiciTransport` is the default on Node.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as RedactedNames from "../credential/RedactedNames.ts"
import { type Exchange, Transport, type TransportCode, type TransportFailure, type WireRequest } from "./Transport.ts"

/**
 * A transport over the `HttpClient` in the context.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Transport, never, HttpClient.HttpClient> = Layer.effect(
  Transport,
  Effect.map(HttpClient.HttpClient, (client) => {
    RedactedNames.install()
    return make(client)
  })
)

/**
 * A transport over a client.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (client: HttpClient.HttpClient): Transport => ({
  send: (request, handler) => {
    let seenHead: "yes" | "no" = "no"
    let outgoing: HttpClientRequest.HttpClientRequest
    try {
      outgoing = requestOf(request)
    } catch {
      // the secret was wiped meanwhile; what is thrown may quote the request
      handler.onError({ sent: "no", code: "invalid_request" })
      return never
    }
    const flowing = Latch.makeUnsafe(true)
    const exchange = Effect.flatMap(client.execute(outgoing), (response) =>
      Effect.suspend(() => {
        seenHead = "yes"
        handler.onHead(response.status, response.headers)
        const read = Stream.runForEach(response.stream, (chunk) =>
          Effect.suspend(() => {
            handler.onData(chunk)
            return flowing.await
          })
        )
        // a 204 has no body, which `HttpClient` calls an error
        return Effect.catchIf(read, isEmptyBody, () => Effect.void)
      })
    )
    const fiber = run(exchange)
    fiber.addObserver((exit) => {
      if (Exit.isSuccess(exit)) return handler.onEnd()
      if (!Cause.hasInterruptsOnly(exit.cause)) handler.onError(judge(exit.cause, seenHead))
    })
    return {
      cancel: () => fiber.interruptUnsafe(),
      pause: () => void flowing.closeUnsafe(),
      resume: () => void flowing.openUnsafe()
    }
  }
})

const never: Exchange = { cancel: () => {}, pause: () => {}, resume: () => {} }

const isEmptyBody = (error: HttpClientError.HttpClientError): boolean => error.reason._tag === "EmptyBodyError"

const run = Effect.runForkWith(
  Context.make(HttpClient.TracerPropagationEnabled, false).pipe(
    // its spans would carry the address with a key in its query, and the request with its headers when it fails; an
    // attempt has a span of its own
    Context.add(HttpClient.TracerDisabledWhen, () => true),
    // a client over `fetch` would follow: with the body, the key and every header that is not `Authorization`
    Context.add(FetchHttpClient.RequestInit, { redirect: "manual", credentials: "omit" })
  )
)

const requestOf = (request: WireRequest): HttpClientRequest.HttpClientRequest => {
  const made = HttpClientRequest.make(request.method as HttpMethod.HttpMethod)(
    request.origin + (request.address?.() ?? request.path),
    {
      headers: { ...request.headers, ...request.authorize?.() }
    }
  )
  if (request.body === undefined) return made
  const type = request.headers["content-type"]
  return typeof request.body === "string"
    ? HttpClientRequest.bodyText(made, request.body, type)
    : HttpClientRequest.bodyUint8Array(made, request.body, type)
}

const notSent: Readonly<Record<string, TransportCode>> = {
  ECONNREFUSED: "connect_refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout"
}

const judge = (cause: Cause.Cause<unknown>, seenHead: "yes" | "no"): TransportFailure => {
  const error = cause.reasons.find(Cause.isFailReason)?.error
  if (HttpClientError.isHttpClientError(error)) {
    const { reason } = error
    if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
      return { sent: "no", code: "invalid_request" }
    }
    for (let at: unknown = reason, depth = 0; depth < 5 && typeof at === "object" && at !== null; depth++) {
      const { cause, code } = at as { readonly code?: unknown; readonly cause?: unknown }
      const known = typeof code === "string" ? notSent[code] : undefined
      if (known !== undefined) return { sent: "no", code: known }
      at = cause
    }
  }
  return { sent: "maybe", code: seenHead === "yes" ? "body_truncated" : "reset" }
}
