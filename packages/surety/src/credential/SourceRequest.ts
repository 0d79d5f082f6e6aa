/**
 * One request of a source to its issuer, over the `Transport` port: a status, headers and a text, or a failure that says
 * nothing but a code.
 *
 * It sends once, follows nothing and gives up after the timeout. The secret of the request is bound by the transport.
 *
 * Neighbours: `SecretStoreVault` and GitHub's app use it. Providers are called by the engine, never by this.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Bytes from "../http/Bytes.ts"
import type { Exchange, Transport, WireHeaders, WireRequest } from "../http/Transport.ts"
import { SourceFailure } from "./Source.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: WireHeaders
  readonly body: string
}

/**
 * The longest body of an issuer that is read.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxBodyBytes = 1_048_576

/**
 * **Details**   `issuer`: a name of ours, for the failure. The timeout holds for the whole body. Interruption cancels the
 * exchange.
 *
 * **Failures**   `unavailable`: no complete answer came in time; the transport's code says why. A status is not a failure.
 *
 * @category running
 * @since 0.1.0
 */
export const send = (
  transport: Transport,
  request: WireRequest,
  options: { readonly issuer: string; readonly timeout: Duration.Input }
): Effect.Effect<Answer, SourceFailure> => {
  const failed = (why: string): SourceFailure =>
    new SourceFailure({ reason: "unavailable", detail: `${options.issuer}: ${why}` })
  const timeoutMillis = Duration.toMillis(Duration.fromInputUnsafe(options.timeout))
  const exchange = Effect.callback<Answer, SourceFailure>((resume) => {
    let status = 0
    let headers: WireHeaders = {}
    let size = 0
    const chunks: Array<Uint8Array> = []
    let over: "no" | "yes" = "no"
    let sent: Exchange | undefined = undefined as Exchange | undefined
    const end = (result: Effect.Effect<Answer, SourceFailure>): void => {
      if (over === "yes") return
      over = "yes"
      resume(result)
    }
    sent = start(transport, request, {
      onHead: (head, received) => {
        status = head
        headers = received
      },
      onData: (chunk) => {
        size += chunk.byteLength
        if (size <= maxBodyBytes) return void chunks.push(chunk)
        if (over === "yes") return
        // first: whoever waits goes on within `end`
        sent?.cancel()
        end(Effect.fail(failed(`the answer is longer than ${maxBodyBytes} bytes`)))
      },
      onEnd: () => end(Effect.succeed({ status, headers, body: new TextDecoder().decode(Bytes.joined(chunks)) })),
      onError: ({ code }) => end(Effect.fail(failed(code)))
    })
    if (sent === undefined) return end(Effect.fail(failed("the transport threw")))
    // a transport may have called back before it returned
    if (size > maxBodyBytes) sent.cancel()
    return Effect.sync(() => sent?.cancel())
  })
  return Effect.timeoutOrElse(exchange, {
    duration: Duration.millis(timeoutMillis),
    orElse: () => Effect.fail(failed(`no answer within ${timeoutMillis} ms`))
  })
}

/**
 * Scheme, host and path prefix of an issuer's address.
 *
 * **Failures**   `RangeError` for anything but `https:`; `http:` only on a loopback address. Also when the address holds a
 * user, a query or a fragment.
 *
 * @source RFC 9700, section 2.6
 * @category parsers
 * @since 0.1.0
 */
export const addressOf = (address: string): { readonly origin: string; readonly prefix: string } => {
  const url = URL.parse(address)
  // the address may hold a password by mistake: it is not quoted
  if (url === null) throw new RangeError("The address of the issuer is not a URL")
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new RangeError(`The address of the issuer at ${url.host} has more than a scheme, a host and a path`)
  }
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    throw new RangeError(`The address of the issuer at ${url.host} is not https`)
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") }
}

type Handler = Parameters<Transport["send"]>[1]

const start = (
  transport: Transport,
  request: WireRequest,
  handler: Handler
): ReturnType<Transport["send"]> | undefined => {
  try {
    return transport.send(request, handler)
  } catch {
    return undefined
  }
}
