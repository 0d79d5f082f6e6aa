/**
 * A program's own access token: no person is involved, and no refresh token; a new token is asked for when the old one
 * ends.
 *
 * Neighbours: `Lifecycle` (surety/credential) decides when to ask; `RefreshGrant` is for what a person has granted.
 *
 * @source RFC 6749, section 4.4
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as oauth from "oauth4webapi"
import { type Source, SourceFailure } from "surety/credential/Source"
import { Transport } from "surety/http/Transport"
import type { Client } from "./Client.ts"
import * as Dpop from "./Dpop.ts"
import * as OAuthFailure from "./OAuthFailure.ts"
import * as Revocation from "./Revocation.ts"
import * as TokenRequest from "./TokenRequest.ts"

/**
 * **Details**   `name`: of the source, in logs and refusals; default: `oauth:` and the client id. `scopes`: declare what is
 * needed and no more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends TokenRequest.Wanted {
  readonly name?: string
  readonly scopes: ReadonlyArray<string>
}

/**
 * **Details**   The versions of its tokens are named by the process and counted. With a `dpop` key in the client, its
 * tokens are bound to it, and the contract says `Dpop.credential`.
 *
 * **Failures**   `rejected` when the server does not know the client; `misconfigured` when it will not give these scopes
 * or this resource; otherwise `unavailable`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const source = (client: Client, options: Options): Effect.Effect<Source, never, Transport> => {
  const name = options.name ?? `oauth:${client.clientId}`
  const form = TokenRequest.formOf(name, options)
  return Effect.map(Transport, (transport) => {
    const run = crypto.randomUUID().slice(0, 8)
    let count = 0
    const asked = TokenRequest.run(
      client,
      options.scopes,
      (given) =>
        oauth.clientCredentialsGrantRequest(
          given.server,
          given.client,
          given.auth,
          new URLSearchParams(form),
          given.proving
        ),
      (given, response) => oauth.processClientCredentialsResponse(given.server, given.client, response)
    )
    return {
      name,
      issue: () =>
        Effect.mapError(
          Effect.map(Effect.provideService(asked, Transport, transport), ({ tokens }) => ({
            secret: tokens.accessToken,
            version: `${run}.${++count}`,
            scopes: tokens.scopes,
            issuedAtMillis: tokens.issuedAtMillis,
            expiresAtMillis: tokens.expiresAtMillis
          })),
          failed
        ),
      revoke: (issued) =>
        Effect.mapError(
          Effect.provideService(Revocation.revoke(client, issued.secret, "access_token"), Transport, transport),
          failed
        ),
      ...Dpop.proving(client.dpop)
    }
  })
}

/** There is no grant of a person's that could be renewed. */
const failed = (failure: OAuthFailure.OAuthFailure): SourceFailure => {
  const given = OAuthFailure.toSourceFailure(failure)
  return given.reason === "reauthorize" ? new SourceFailure({ ...given, reason: "rejected" }) : given
}
