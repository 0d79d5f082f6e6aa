/**
 * An answer of a token endpoint as tokens with a life.
 *
 * Neighbours: every grant of this package reads its answer here. Pure: the clock comes in as a value.
 *
 * @source RFC 6749, section 5.1; RFC 9449, section 5
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import type { TokenEndpointResponse } from "oauth4webapi"
import * as Credential from "surety/Credential"
import type { Tokens } from "surety/credential/Tokens"

/**
 * **Details**   `requestedAtMillis`: from before the request was sent, so that a slow answer makes no token live longer.
 * `scopes`: what was asked for; an answer that names none has granted that. `bound`: a proof went with the request.
 *
 * @category models
 * @since 0.1.0
 */
export interface Context {
  readonly requestedAtMillis: number
  readonly scopes: ReadonlyArray<string> | undefined
  readonly bound: "to a key" | "to nobody"
}

/**
 * Why tokens must not be used, or the tokens.
 *
 * **Details**   Scopes that are separated by commas are taken apart too (GitHub, Slack). Where nothing was asked for and
 * nothing is said, what was granted is not known. A client that proves possession takes no token that anybody can use.
 *
 * @category conversions
 * @since 0.1.0
 */
export const decide = (
  answer: TokenEndpointResponse,
  context: Context
): { readonly _tag: "Tokens"; readonly tokens: Tokens } | { readonly _tag: "Unusable"; readonly why: string } => {
  if (Credential.defectOf(answer.access_token) !== undefined) return unusable("the access token cannot be sent")
  if (context.bound === "to a key" && answer.token_type !== "dpop") {
    return unusable("the token is not bound to the key")
  }
  if (context.bound === "to nobody" && answer.token_type !== "bearer") {
    return unusable("the token is bound to a key that the client does not have")
  }
  const livesMillis = answer.expires_in === undefined ? undefined : answer.expires_in * 1000
  if (livesMillis !== undefined && !(livesMillis >= 0 && livesMillis <= longest)) {
    return unusable("expires_in is no lifetime")
  }
  const { refresh_token: refreshToken, scope } = answer
  const asked = context.scopes?.length === 0 ? undefined : context.scopes
  return {
    _tag: "Tokens",
    tokens: {
      accessToken: Redacted.make(answer.access_token),
      refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
      scopes: scope === undefined ? asked : scope.split(/[ ,]+/).filter((name) => name !== ""),
      issuedAtMillis: context.requestedAtMillis,
      expiresAtMillis: livesMillis === undefined ? undefined : context.requestedAtMillis + livesMillis,
      extra: {}
    }
  }
}

/**
 * 100 years, in milliseconds; what is longer is a mistake in the unit.
 *
 * @category constants
 * @since 0.1.0
 */
export const longest = 100 * 365 * 24 * 60 * 60 * 1000

const unusable = (why: string) => ({ _tag: "Unusable", why }) as const
