/**
 * What every token request has in common: scopes, resources, a provider's own parameters, and the way from the answer to
 * tokens.
 *
 * The parameters that choose a grant or carry its proof cannot be overridden: there is no way to an implicit or a
 * password grant, and none around PKCE.
 *
 * Neighbours: `ClientCredentials`, `AuthorizationCode` and `RefreshGrant` are the grants.
 *
 * @source RFC 8707, section 2; RFC 9700, sections 2.1.2, 2.3 and 2.4
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as oauth from "oauth4webapi"
import type { Tokens } from "surety/credential/Tokens"
import type { Transport } from "surety/http/Transport"
import * as Client from "./Client.ts"
import { OAuthFailure } from "./OAuthFailure.ts"
import * as TokenAnswer from "./TokenAnswer.ts"

/**
 * Parameters of a provider's own: `audience`, `prompt`.
 *
 * @category models
 * @since 0.1.0
 */
export type Parameters = Readonly<Record<string, string>> & { readonly [Name in Reserved]?: never }

/**
 * @category models
 * @since 0.1.0
 */
export type Reserved = (typeof reserved)[number]

const reserved = [
  "grant_type",
  "response_type",
  "response_mode",
  "username",
  "password",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "code",
  "code_verifier",
  "code_challenge",
  "code_challenge_method",
  "redirect_uri",
  "refresh_token",
  "state",
  "nonce",
  "scope",
  "resource",
  "request",
  "request_uri",
  "dpop_jkt"
] as const

/**
 * **Details**   `resource`: the addresses or names of what the token is for (RFC 8707); a server that knows them gives a
 * token that is good nowhere else.
 *
 * @category models
 * @since 0.1.0
 */
export interface Wanted {
  readonly scopes?: ReadonlyArray<string>
  readonly resource?: string | ReadonlyArray<string>
  readonly parameters?: Parameters
}

/**
 * As a form. `RangeError` for a parameter that is not the provider's own.
 *
 * @internal
 */
export const formOf = (where: string, wanted: Wanted): URLSearchParams => {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(wanted.parameters ?? {})) {
    if ((reserved as ReadonlyArray<string>).includes(name)) {
      throw new RangeError(`${where}: parameters must not hold ${name}`)
    }
    form.set(name, value)
  }
  if (wanted.scopes !== undefined && wanted.scopes.length > 0) form.set("scope", wanted.scopes.join(" "))
  for (const resource of [wanted.resource ?? []].flat()) form.append("resource", resource)
  return form
}

/**
 * One request to the token endpoint.
 *
 * @internal
 */
export const run = (
  client: Client.Client,
  scopes: ReadonlyArray<string> | undefined,
  send: (given: Client.Given) => Promise<Response>,
  read: (given: Client.Given, response: Response) => Promise<oauth.TokenEndpointResponse>
): Effect.Effect<{ readonly tokens: Tokens; readonly answer: oauth.TokenEndpointResponse }, OAuthFailure, Transport> =>
  Effect.gen(function* () {
    const requestedAtMillis = yield* Clock.currentTimeMillis
    const answer = yield* Client.ask(client, "token endpoint", send, read)
    const bound = client.dpop === undefined ? "to nobody" : "to a key"
    const decided = TokenAnswer.decide(answer, { requestedAtMillis, scopes, bound })
    if (decided._tag === "Tokens") return { tokens: decided.tokens, answer }
    return yield* new OAuthFailure({ reason: "malformed", at: "token endpoint", detail: decided.why })
  })
