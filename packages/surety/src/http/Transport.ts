/**
 * The port through which a bound operation reaches the network: one request out,
 * one response in, as callbacks. It knows nothing of retries, schemas or Effect.
 *
 * A transport never retries, never follows a redirect, never adds a header of its
 * own beyond what HTTP needs, and never throws: each exchange ends with exactly one
 * `onEnd` or `onError`, or with neither once it was cancelled.
 *
 * Neighbours: `HttpCall` drives it; `UndiciTransport`, `FetchTransport` and
 * `HttpClientTransport` implement it, and so does the fake provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * One request as it goes on the wire, without its credential.
 *
 * **Details**   `url` is absolute and already holds the query; `headers` has
 * lower-case names. `authorize` is called by the transport at the last moment: it
 * returns the headers that carry the credential, so that no secret is ever part of
 * the request value.
 *
 * @category models
 * @since 0.1.0
 */
export interface WireRequest {
  readonly method: string
  /** scheme, host and port, without a trailing slash */
  readonly origin: string
  /** path and query, beginning with a slash */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly authorize: (() => Readonly<Record<string, string>>) | undefined
  /** The path with a key in its query, for the providers that want one there; asked at the last moment too. */
  readonly address?: (() => string) | undefined
}

/**
 * Response headers: lower-case names, several values of one name joined by `", "`.
 *
 * @category models
 * @since 0.1.0
 */
export type WireHeaders = Readonly<Record<string, string>>

/**
 * Why an exchange ended without a complete response.
 *
 * **Details**   `sent` is `"no"` only when it is certain that no byte of the
 * request left this machine; everything else is `"maybe"`. `code` is a closed
 * vocabulary, safe for logs and metric labels; the original error is never kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransportFailure {
  readonly sent: "no" | "maybe"
  readonly code: TransportCode
}

/**
 * @category models
 * @since 0.1.0
 */
export type TransportCode =
  | "dns"
  | "connect_refused"
  | "connect_timeout"
  | "unreachable"
  | "tls"
  | "reset"
  | "body_truncated"
  | "protocol"
  | "invalid_request"
  | "closed"

/**
 * What a transport calls, in this order: `onHead` once, `onData` any number of
 * times, then `onEnd`; or `onError` at any point.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransportHandler {
  onHead(status: number, headers: WireHeaders): void
  onData(chunk: Uint8Array): void
  onEnd(): void
  onError(failure: TransportFailure): void
}

/**
 * The running exchange. After `cancel` no callback is called any more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Exchange {
  cancel(): void
  pause(): void
  resume(): void
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Transport {
  /** May call the handler before it returns. */
  readonly send: (request: WireRequest, handler: TransportHandler) => Exchange
}

/**
 * The service that provider layers need in order to reach the network.
 *
 * @category services
 * @since 0.1.0
 */
export const Transport: Context.Service<Transport, Transport> = Context.Service<Transport>("surety/http/Transport")
