/**
 * A client that is registered at an authorization server: who we are, who the server is, and how long we wait for it.
 *
 * It holds no token. Every request of this package is made by `ask`: under one deadline, over the `Transport` port, with
 * nothing of an answer in its failure.
 *
 * `oauth4webapi` makes the requests and checks the answers; it lacks time limits, errors that can be shown, and memory.
 *
 * Neighbours: `ClientCredentials`, `AuthorizationCode`, `RefreshGrant`, `Revocation` and `Introspection` are what a client
 * can do.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as oauth from "oauth4webapi"
import { Transport } from "surety/http/Transport"
import * as ClientAuth from "./ClientAuth.ts"
import * as Discovery from "./Discovery.ts"
import type { Dpop } from "./Dpop.ts"
import * as Exchange from "./Exchange.ts"
import { type At, OAuthFailure, type Reason } from "./OAuthFailure.ts"
import * as ServerMetadata from "./ServerMetadata.ts"

/**
 * **Details**   The server is named by `issuer`, and its metadata is read from there; or written down as `metadata`.
 * `endpointHosts`: hosts beside the issuer's that discovered addresses may be on (`oauth2.googleapis.com`).
 * `discovery`: default `oidc`. `discoveryKeptFor`: default 1 hour. `timeout`: for one question and all that it takes,
 * discovery included; default 10 seconds. `maxBodyBytes`: default 256 KiB. `dpop`: tokens are bound to this key.
 *
 * @category models
 * @since 0.1.0
 */
export type Options = {
  readonly clientId: string
  readonly auth: ClientAuth.ClientAuth
  readonly timeout?: Duration.Input
  readonly maxBodyBytes?: number
  readonly dpop?: Dpop
} & (
  | {
      readonly issuer: string
      readonly endpointHosts?: ReadonlyArray<string>
      readonly discovery?: Discovery.Place
      readonly discoveryKeptFor?: Duration.Input
      readonly metadata?: never
    }
  | { readonly metadata: ServerMetadata.ServerMetadata; readonly issuer?: never }
)

/**
 * @category models
 * @since 0.1.0
 */
export interface Client {
  readonly issuer: string
  readonly clientId: string
  readonly auth: ClientAuth.ClientAuth
  readonly dpop: Dpop | undefined
  readonly timeoutMillis: number
  /** The server's metadata, read and checked. */
  readonly server: Effect.Effect<oauth.AuthorizationServer, OAuthFailure, Transport>
  /** @internal */
  readonly "~limits": Limits
}

interface Limits {
  readonly maxBodyBytes: number
  readonly http: "loopback" | "never"
}

/**
 * **Failures**   `RangeError` for an address that is not https (or http on loopback), and for a time that is none.
 *
 * @source RFC 9700, section 2.6
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Client => {
  const issuer = options.issuer ?? options.metadata?.issuer ?? ""
  const fault = (text: string): never => {
    throw new RangeError(`Client ${JSON.stringify(options.clientId)}: ${text}`)
  }
  if (options.clientId === "") fault("clientId is empty")
  const defect = ServerMetadata.defectOf(issuer, undefined)
  if (defect !== undefined) fault(`issuer ${defect}`)
  const url = new URL(issuer)
  if (url.search !== "") fault("issuer holds a query")
  const timeoutMillis = millis(options.timeout ?? "10 seconds")
  if (!(timeoutMillis > 0 && Number.isFinite(timeoutMillis))) fault("timeout must be a finite duration above zero")
  const limits: Limits = {
    maxBodyBytes: options.maxBodyBytes ?? 256 * 1024,
    http: url.protocol === "http:" ? "loopback" : "never"
  }
  const { auth, clientId, dpop } = options
  return {
    issuer,
    clientId,
    auth,
    dpop,
    timeoutMillis,
    server: serverOf(options, issuer, limits, timeoutMillis, fault),
    "~limits": limits
  }
}

const serverOf = (
  options: Options,
  issuer: string,
  limits: Limits,
  timeoutMillis: number,
  fault: (text: string) => never
): Client["server"] => {
  if (options.metadata !== undefined) {
    for (const name of ServerMetadata.endpoints) {
      const address = options.metadata[name]
      const defect = address === undefined ? undefined : ServerMetadata.defectOf(address, undefined)
      if (defect !== undefined) fault(`metadata.${name} ${defect}`)
    }
    return Effect.succeed(ServerMetadata.pick({ ...options.metadata }))
  }
  return Discovery.make({
    issuer,
    place: options.discovery ?? "oidc",
    hosts: new Set([new URL(issuer).host, ...(options.endpointHosts ?? [])]),
    keptMillis: millis(options.discoveryKeptFor ?? "1 hour"),
    patienceMillis: timeoutMillis / 3,
    ask: (send, read) =>
      Effect.suspend(() => {
        const seen = Exchange.unseen()
        const answered = Effect.timeoutOrElse(exchange("discovery", limits, seen, send, read), {
          duration: timeoutMillis,
          orElse: () => Effect.fail(late("unreachable", "discovery", timeoutMillis))
        })
        return Effect.mapError(answered, (failure) =>
          // a document that is not one, or another issuer's, is never a passing trouble
          failure.reason === "malformed" ? new OAuthFailure({ ...failure, reason: "metadata-rejected" }) : failure
        )
      })
  })
}

/**
 * What a library call is given.
 *
 * @internal
 */
export interface Given {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly auth: oauth.ClientAuth
  readonly http: Fetching
  /** `http`, and the proof of possession when the client has a key. */
  readonly proving: Fetching & oauth.DPoPRequestOptions
}

type Fetching = oauth.HttpRequestOptions<"POST", URLSearchParams> & oauth.HttpRequestOptions<"GET">

/**
 * Asks the server one thing, within the client's timeout. A server that wants its nonce in the proof is asked once more.
 *
 * @source RFC 9449, section 8: a request without the nonce was not looked at any further
 * @internal
 */
export const ask = <A>(
  client: Client,
  at: At,
  send: (given: Given) => Promise<Response>,
  read: (given: Given, response: Response) => Promise<A>
): Effect.Effect<A, OAuthFailure, Transport> =>
  Effect.suspend(() => {
    // what a deadline that passes has to be judged by
    let seen = Exchange.unseen()
    const once = Effect.flatMap(client.server, (server) =>
      ClientAuth.use(client.auth, (auth) =>
        Effect.suspend(() => {
          seen = Exchange.unseen()
          let given: Given | undefined
          return exchange(
            at,
            client["~limits"],
            seen,
            (http) => {
              const proving = client.dpop === undefined ? http : { ...http, DPoP: client.dpop.handle }
              given = { server, client: { client_id: client.clientId }, auth: auth(), http, proving }
              return send(given)
            },
            (response) => read(given as Given, response)
          )
        })
      )
    )
    const proved =
      client.dpop === undefined
        ? once
        : Effect.catch(once, (failure) => (failure.code === "use_dpop_nonce" ? once : Effect.fail(failure)))
    return Effect.timeoutOrElse(proved, {
      duration: client.timeoutMillis,
      orElse: () => {
        const reason = seen.sent === "nothing" || seen.sent === "no" ? "unreachable" : "lost"
        return Effect.fail(late(reason, at, client.timeoutMillis))
      }
    })
  })

const late = (reason: Reason, at: At, timeoutMillis: number): OAuthFailure =>
  new OAuthFailure({ reason, at, detail: `no complete answer in ${timeoutMillis} ms` })

const exchange = <A>(
  at: At,
  limits: Limits,
  seen: Exchange.Seen,
  send: (http: Fetching) => Promise<Response>,
  read: (response: Response) => Promise<A>
): Effect.Effect<A, OAuthFailure, Transport> =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const nowMillis = yield* Clock.currentTimeMillis
    return yield* Effect.tryPromise({
      try: async (signal) => {
        const fetch = Exchange.fetchOver(transport, seen, limits.maxBodyBytes, signal)
        const http: Fetching = {
          [oauth.customFetch]: fetch,
          [oauth.allowInsecureRequests]: limits.http === "loopback"
        }
        return read(await send(http))
      },
      catch: (error) => Exchange.judge(at, seen, nowMillis) ?? inLibrary(at, seen, error)
    })
  })

/** The library would not send, or would not take a success. Its message stays here. */
const inLibrary = (at: At, seen: Exchange.Seen, error: unknown): OAuthFailure => {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  if (seen.sent === "nothing") {
    const detail =
      code === oauth.MISSING_SERVER_METADATA
        ? "the server has no such endpoint"
        : code === oauth.HTTP_REQUEST_FORBIDDEN || code === oauth.REQUEST_PROTOCOL_FORBIDDEN
          ? "the endpoint is not https"
          : "the request could not be made (is the key for signing, and the server's metadata complete?)"
    return new OAuthFailure({ reason: "misconfigured", at, detail })
  }
  const status = seen.status ?? 0
  return new OAuthFailure({
    reason: "malformed",
    at,
    status,
    detail: known.get(code) ?? "not an answer of the standard"
  })
}

const known: ReadonlyMap<unknown, string> = new Map([
  [oauth.PARSE_ERROR, "the answer is not JSON"],
  [oauth.RESPONSE_IS_NOT_JSON, "the answer is not JSON"],
  [oauth.RESPONSE_IS_NOT_CONFORM, "the answer has another status than the standard's"],
  [oauth.INVALID_RESPONSE, "a member of the answer is missing or has another type"],
  [oauth.JSON_ATTRIBUTE_COMPARISON, "the issuer is another one"],
  [oauth.JWT_CLAIM_COMPARISON, "the ID token is not for this client and transaction"],
  [oauth.JWT_TIMESTAMP_CHECK, "the ID token is not valid now"],
  [oauth.UNSUPPORTED_OPERATION, "the token type is not supported"]
])

const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))
