/**
 * Tells the server that a token must not be used any more.
 *
 * Neighbours: `ClientCredentials` and `RefreshGrant` offer it to a `Lifecycle`.
 *
 * @source RFC 7009
 * @stability experimental
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import type { Transport } from "surety/http/Transport"
import * as Client from "./Client.ts"
import type { OAuthFailure } from "./OAuthFailure.ts"

/**
 * **Details**   A token that the server does not know is as good as revoked (section 2.2): that is a success. The end of a
 * refresh token is the end of its grant.
 *
 * **Failures**   `misconfigured` when the server has no such endpoint.
 *
 * @category running
 * @since 0.1.0
 */
export const revoke = (
  client: Client.Client,
  token: Redacted.Redacted<string>,
  kind: "access_token" | "refresh_token"
): Effect.Effect<void, OAuthFailure, Transport> =>
  Client.ask(
    client,
    "revocation",
    (given) =>
      oauth.revocationRequest(given.server, given.client, given.auth, Redacted.value(token), {
        ...given.http,
        additionalParameters: { token_type_hint: kind }
      }),
    (_, response) => oauth.processRevocationResponse(response)
  )
