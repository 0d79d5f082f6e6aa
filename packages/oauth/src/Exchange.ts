/**
 * One exchange with an authorization server: a request of `oauth4webapi` over our transport, with a limit on the body,
 * and the judgement of what came back.
 *
 * It follows no redirect, keeps the request's `authorization` and `dpop` out of the request value, and judges by what
 * was seen on the wire; what the library's error says of it is not kept.
 *
 * Neighbours: `Client` runs it, with a deadline; `OAuthFailure` is what it ends with.
 *
 * @source RFC 6749, section 5.2; RFC 9700, section 4.12: a token endpoint that answers 307 is not followed
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Bytes from "surety/http/Bytes"
import type * as Transport from "surety/http/Transport"
import * as ServerHint from "surety/ServerHint"
import { type At, type Code, codeOf, OAuthFailure, type Reason } from "./OAuthFailure.ts"

/**
 * What was seen of an exchange. `sent`: `nothing` as long as the transport was not asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Seen {
  sent: "nothing" | "no" | "maybe"
  transport: Transport.TransportCode | "oversize" | undefined
  complete: "yes" | "no"
  status: number | undefined
  headers: Transport.WireHeaders
  body: string
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const unseen = (): Seen => ({
  sent: "nothing",
  transport: undefined,
  complete: "no",
  status: undefined,
  headers: {},
  body: ""
})

/**
 * What `oauth4webapi` hands to its `fetch`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asked {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: URLSearchParams | string | undefined
}

/**
 * A `fetch` for one library call. It fills `seen`, and rejects with an error that says nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fetchOver =
  (transport: Transport.Transport, seen: Seen, maxBodyBytes: number, signal: AbortSignal) =>
  (address: string, asked: Asked): Promise<Response> =>
    new Promise((resolve, reject) => {
      // the proof took longer than anybody waits: it has been said that nothing was sent
      if (signal.aborted) return reject(nothing)
      const url = new URL(address)
      const { authorization, dpop, ...headers } = asked.headers
      const chunks: Array<Uint8Array> = []
      let bytes = 0
      // the transport may call back before it returns
      const state: { over: "no" | "yes"; exchange: Transport.Exchange | undefined } = {
        over: "no",
        exchange: undefined
      }
      const end = (transportCode: Seen["transport"]): void => {
        state.over = "yes"
        seen.transport = transportCode
        reject(nothing)
      }
      const cancel = (): void => {
        state.over = "yes"
        state.exchange?.cancel()
        reject(nothing)
      }
      seen.sent = "maybe"
      signal.addEventListener("abort", cancel, { once: true })
      state.exchange = transport.send(
        {
          method: asked.method,
          origin: url.origin,
          path: url.pathname + url.search,
          headers,
          body: asked.body === undefined ? undefined : String(asked.body),
          authorize: () => ({
            ...(authorization === undefined ? {} : { authorization }),
            ...(dpop === undefined ? {} : { dpop })
          })
        },
        {
          onHead: (status, given) => {
            seen.status = status
            seen.headers = given
          },
          onData: (chunk) => {
            if (state.over === "yes") return
            bytes += chunk.length
            if (bytes <= maxBodyBytes) return void chunks.push(chunk)
            end("oversize")
            state.exchange?.cancel()
          },
          onEnd: () => {
            if (state.over === "yes") return
            state.over = "yes"
            seen.complete = "yes"
            seen.body = decoder.decode(Bytes.joined(chunks))
            try {
              resolve(responseOf(seen))
            } catch {
              reject(nothing)
            }
          },
          onError: (failure) => {
            if (state.over === "yes") return
            seen.sent = failure.sent
            end(failure.code)
          }
        }
      )
      if (state.over === "yes" && seen.complete === "no") state.exchange.cancel()
    })

/**
 * The failure of an exchange, by what was seen of it; `undefined` when the server gave a success, and the library would
 * not have it.
 *
 * @category rules
 * @since 0.1.0
 */
export const judge = (at: At, seen: Seen, nowMillis: number): OAuthFailure | undefined => {
  if (seen.sent === "nothing") return undefined
  if (seen.sent === "no") return fail("unreachable", at, `nothing was sent (${seen.transport})`)
  if (seen.transport === "oversize") return fail("malformed", at, "the answer is longer than it may be", seen.status)
  const { status } = seen
  if (seen.complete === "no" || status === undefined) {
    return fail("lost", at, `no complete answer (${seen.transport ?? "in time"})`)
  }
  if (status >= 300 && status < 400) return fail("redirected", at, "redirects are not followed", status)
  const code = errorOf(seen.body)
  // some servers refuse with 200; an answer that has a token as well is neither
  if (status < 400 && (code === undefined || seen.body.includes("access_token"))) return undefined
  const wait = ServerHint.retryAfter(seen.headers["retry-after"], nowMillis)
  return new OAuthFailure({
    reason: reasonOf(status, code),
    at,
    detail: "the server refused",
    status,
    ...(code === undefined ? {} : { code }),
    ...(wait === undefined ? {} : { retryAfterMillis: Duration.toMillis(wait) })
  })
}

const reasonOf = (status: number, code: Code | undefined): Reason => {
  if (status === 429 || status === 503 || code === "temporarily_unavailable") return "busy"
  if (status >= 500) return "server-error"
  if (code === "invalid_grant") return "grant-rejected"
  if (code === "invalid_client" || code === "unauthorized_client" || status === 401) return "client-rejected"
  return "request-rejected"
}

/** The parser's message would quote the body. */
const errorOf = (body: string): Code | undefined => {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === "object" && answer !== null && "error" in answer ? codeOf(answer.error) : undefined
  } catch {
    return undefined
  }
}

const fail = (reason: Reason, at: At, detail: string, status?: number): OAuthFailure =>
  new OAuthFailure({ reason, at, detail, ...(status === undefined ? {} : { status }) })

/** The library looks at these; what else the server sent is nobody's business. */
const passed = ["content-type", "www-authenticate", "dpop-nonce"]

const responseOf = (seen: Seen): Response => {
  const status = seen.status ?? 0
  const headers = new Headers()
  for (const name of passed) {
    const value = seen.headers[name]
    if (value !== undefined) headers.set(name, value)
  }
  const isEmpty = status === 204 || status === 205 || status === 304
  return new Response(isEmpty ? null : seen.body, { status, headers })
}

const decoder = new TextDecoder()
const nothing = new Error("the exchange ended")
