/**
 * Asks the server what a token is worth now.
 *
 * Neighbours: for tests, for operators, and for resource servers; a `Lifecycle` does not need it.
 *
 * @source RFC 7662
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import type { Transport } from "surety/http/Transport"
import * as Client from "./Client.ts"
import type { OAuthFailure } from "./OAuthFailure.ts"

/**
 * **Details**   Of a token that is not active the server says nothing else. What it says beside these members is not kept.
 *
 * @category models
 * @since 0.1.0
 */
export type Introspected =
  | { readonly _tag: "Inactive" }
  | {
      readonly _tag: "Active"
      readonly scopes: ReadonlyArray<string> | undefined
      readonly clientId: string | undefined
      readonly subject: string | undefined
      readonly audience: ReadonlyArray<string>
      readonly expiresAtMillis: number | undefined
    }

/**
 * @category running
 * @since 0.1.0
 */
export const introspect = (
  client: Client.Client,
  token: Redacted.Redacted<string>
): Effect.Effect<Introspected, OAuthFailure, Transport> =>
  Effect.map(
    Client.ask(
      client,
      "introspection",
      (given) => oauth.introspectionRequest(given.server, given.client, given.auth, Redacted.value(token), given.http),
      (given, response) => oauth.processIntrospectionResponse(given.server, given.client, response)
    ),
    (answer) =>
      answer.active
        ? {
            _tag: "Active",
            scopes:
              typeof answer.scope === "string" ? answer.scope.split(" ").filter((name) => name !== "") : undefined,
            clientId: answer.client_id,
            subject: answer.sub,
            audience: answer.aud === undefined ? [] : [answer.aud].flat(),
            expiresAtMillis: answer.exp === undefined ? undefined : answer.exp * 1000
          }
        : { _tag: "Inactive" }
  )
