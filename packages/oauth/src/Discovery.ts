/**
 * Reads the metadata of a server from where the standard puts it, checks that it is this server's and that every address
 * in it may be used, and keeps it for a while.
 *
 * Everybody who asks at the same time waits for one answer. Once it was read, a server that does not answer here does not keep us from the token endpoint that we know.
 *
 * Neighbours: `Client` asks; `ServerMetadata` has the rules.
 *
 * @source RFC 8414, sections 3 and 3.3; OpenID Connect Discovery 1.0, section 4; RFC 9700, section 2.6
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as oauth from "oauth4webapi"
import * as SharedRun from "surety/credential/SharedRun"
import { type OAuthFailure, OAuthFailure as Failure } from "./OAuthFailure.ts"
import * as ServerMetadata from "./ServerMetadata.ts"

/**
 * **Details**   `oidc`: `/.well-known/openid-configuration` after the issuer; `oauth2`: `/.well-known/oauth-authorization-server`
 * before its path.
 *
 * @category models
 * @since 0.1.0
 */
export type Place = "oidc" | "oauth2"

/**
 * One library call over the network, with an end; `Client` gives it.
 *
 * @category models
 * @since 0.1.0
 */
export type Ask<R> = (
  send: (options: oauth.DiscoveryRequestOptions) => Promise<Response>,
  read: (response: Response) => Promise<oauth.AuthorizationServer>
) => Effect.Effect<oauth.AuthorizationServer, OAuthFailure, R>

/**
 * The metadata, from memory while it is fresh.
 *
 * **Details**   `patienceMillis`: how long a question for newer metadata is waited for where there is some; it leaves time for
 * what the metadata is needed for.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <R>(options: {
  readonly issuer: string
  readonly place: Place
  readonly hosts: ReadonlySet<string>
  readonly keptMillis: number
  readonly patienceMillis: number
  readonly ask: Ask<R>
}): Effect.Effect<oauth.AuthorizationServer, OAuthFailure, R> => {
  const asking = SharedRun.make<oauth.AuthorizationServer, OAuthFailure>()
  let kept: { readonly server: oauth.AuthorizationServer; readonly untilMillis: number } | undefined
  const issuer = new URL(options.issuer)
  const read = Effect.flatMap(
    options.ask(
      (request) => oauth.discoveryRequest(issuer, { ...request, algorithm: options.place }),
      (response) => oauth.processDiscoveryResponse(issuer, response)
    ),
    (document) => checked(document, options.hosts)
  )
  return Effect.flatMap(monotonicMillis, (now) => {
    if (kept !== undefined && now < kept.untilMillis) return Effect.succeed(kept.server)
    const stale = kept?.server
    const fresh = Effect.contextWith((context: Context.Context<R>) =>
      SharedRun.join(
        asking,
        Effect.provideContext(
          Effect.map(read, (server) => {
            kept = { server, untilMillis: now + options.keptMillis }
            return server
          }),
          context
        )
      )
    )
    if (stale === undefined) return fresh
    return fresh.pipe(
      Effect.catch((failure) =>
        // what the server now says against our rules is not outlived; that it says nothing is
        failure.reason === "metadata-rejected" ? Effect.fail(failure) : Effect.succeed(stale)
      ),
      Effect.timeoutOrElse({ duration: options.patienceMillis, orElse: () => Effect.succeed(stale) })
    )
  })
}

const checked = (
  document: oauth.AuthorizationServer,
  hosts: ReadonlySet<string>
): Effect.Effect<oauth.AuthorizationServer, OAuthFailure> => {
  const server = ServerMetadata.pick(document)
  for (const name of ServerMetadata.endpoints) {
    if (server[name] === undefined) continue
    const defect = ServerMetadata.defectOf(server[name], hosts)
    if (defect !== undefined) {
      return Effect.fail(new Failure({ reason: "metadata-rejected", at: "discovery", detail: `${name} ${defect}` }))
    }
  }
  return Effect.succeed(server)
}

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
