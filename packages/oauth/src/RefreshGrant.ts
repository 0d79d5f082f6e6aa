/**
 * A grant of a person's, kept alive by its refresh token: sent once per expiry, by one process of all that share it.
 *
 * Neighbours: `AuthorizationCode` gets the grant, `SharedGrant` (surety/credential) has the protocol and the store; this
 * is the request, and the judgement of what became of it.
 *
 * @source RFC 6749, section 6; RFC 9700, section 4.14.2
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import type { GrantStore } from "surety/credential/GrantStore"
import * as SharedGrant from "surety/credential/SharedGrant"
import { type Source, SourceFailure } from "surety/credential/Source"
import type { Refresh, ReuseProfile, Tokens } from "surety/credential/Tokens"
import { Transport } from "surety/http/Transport"
import type { Client } from "./Client.ts"
import * as Dpop from "./Dpop.ts"
import * as OAuthFailure from "./OAuthFailure.ts"
import * as Revocation from "./Revocation.ts"
import * as TokenAnswer from "./TokenAnswer.ts"
import * as TokenRequest from "./TokenRequest.ts"

/**
 * **Details**   `key`: the grant, in the store. `profile`: how the server treats a token that is sent twice, see
 * `ReuseProfiles`. `scopes`: fewer than were granted; default: as granted. `leaseFor`: how long a process that dies keeps
 * the others waiting; default 30 seconds, and always longer than the client's timeout.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends TokenRequest.Wanted {
  readonly key: string
  readonly profile: ReuseProfile
  readonly name?: string
  readonly leaseFor?: Duration.Input
  /** @internal */
  readonly onStep?: SharedGrant.Options["onStep"]
}

/**
 * The source of a grant that the store has; `SharedGrant.adopt` puts it there.
 *
 * **Details**   With a `dpop` key in the client the tokens are bound to it, so every process needs the same key
 * (`Dpop.fromJwk`). `revoke` ends the grant for everybody.
 *
 * @category constructors
 * @since 0.1.0
 */
export const source = (client: Client, options: Options): Effect.Effect<Source, never, GrantStore | Transport> =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const refreshTimeoutMillis = client.timeoutMillis + 1000
    const shared = yield* SharedGrant.source({
      name: options.name ?? `oauth:${client.clientId}`,
      key: options.key,
      profile: options.profile,
      refresh: yield* refresh(client, options),
      refreshTimeout: refreshTimeoutMillis,
      leaseFor: options.leaseFor ?? Math.max(20_000, refreshTimeoutMillis * 2),
      revoke: (tokens) =>
        Effect.mapError(
          Effect.provideService(revokeGrant(client, tokens), Transport, transport),
          OAuthFailure.toSourceFailure
        ),
      ...(options.onStep === undefined ? {} : { onStep: options.onStep })
    })
    return { ...shared, ...Dpop.proving(client.dpop) }
  })

/**
 * The one request.
 *
 * **Details**   An answer without a refresh token keeps the old one; one without scopes, the scopes.
 *
 * **Failures**   `refused`: the server says `invalid_grant`. `not-applied`: nothing was sent, or a complete answer says
 * another error (4xx, 429, 503). `lost`: a timeout, a reset, another 5xx, or a success that cannot be read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const refresh = (client: Client, wanted: TokenRequest.Wanted = {}): Effect.Effect<Refresh, never, Transport> => {
  const form = TokenRequest.formOf(`oauth:${client.clientId}`, wanted)
  return Effect.map(Transport, (transport) => (tokens) => {
    const { refreshToken } = tokens
    if (refreshToken === undefined) {
      const detail = "the server gave no refresh token"
      return Effect.fail({
        _tag: "RefreshFailed",
        outcome: "refused",
        failure: new SourceFailure({ reason: "reauthorize", detail })
      })
    }
    const asked = TokenRequest.run(
      client,
      wanted.scopes ?? tokens.scopes,
      (given) =>
        oauth.refreshTokenGrantRequest(given.server, given.client, given.auth, Redacted.value(refreshToken), {
          ...given.proving,
          additionalParameters: new URLSearchParams(form)
        }),
      async (given, response) => oauth.processRefreshTokenResponse(given.server, given.client, await lenient(response))
    )
    return Effect.provideService(asked, Transport, transport).pipe(
      Effect.map((got) => ({
        ...got.tokens,
        refreshToken: got.tokens.refreshToken ?? refreshToken,
        extra: tokens.extra
      })),
      Effect.mapError(OAuthFailure.refreshFailed)
    )
  })
}

/**
 * The old refresh token is spent, so new tokens are not thrown away for what stands beside them: an ID token that our clock
 * or our keys do not take (nobody reads it after a refresh), a lifetime that is none (the token is then used until it is
 * refused), a refresh token that is `null` or empty (the old one is kept).
 */
const lenient = async (response: Response): Promise<Response> => {
  const text = await response.text()
  const { headers, status } = response
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    // the library says so
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    return new Response(text, { status, headers })
  }
  const { expires_in: life, id_token: _, refresh_token: next, ...rest } = answer as Readonly<Record<string, unknown>>
  const seconds = typeof life === "string" && life.trim() !== "" ? Number(life) : life
  const kept = {
    ...rest,
    ...(typeof seconds === "number" && seconds >= 0 && seconds * 1000 <= TokenAnswer.longest
      ? { expires_in: seconds }
      : {}),
    ...(next === undefined || next === null || next === "" ? {} : { refresh_token: next })
  }
  return new Response(JSON.stringify(kept), { status, headers })
}

const revokeGrant = (client: Client, tokens: Tokens): Effect.Effect<void, OAuthFailure.OAuthFailure, Transport> =>
  tokens.refreshToken === undefined
    ? Revocation.revoke(client, tokens.accessToken, "access_token")
    : Revocation.revoke(client, tokens.refreshToken, "refresh_token")
