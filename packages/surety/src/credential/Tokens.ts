/**
 * What a token endpoint gives, as the lifecycle keeps it: an access token that is used, and a refresh token that may be
 * sent once.
 *
 * Neighbours: `SharedGrant` stores it as the payload of a `GrantRecord`; `@surety/oauth` makes it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { SourceFailure } from "./Source.ts"

/**
 * **Details**   `refreshToken`: absent when the server gave none; a refresh whose answer has none keeps the old one.
 * `extra`: what the client needs besides (the id of a DPoP key, say); small, and secret like the rest.
 * `issuedAtMillis`, `expiresAtMillis`: wall clock, counted from before the request was sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tokens {
  readonly accessToken: Redacted.Redacted<string>
  readonly refreshToken: Redacted.Redacted<string> | undefined
  readonly scopes: ReadonlyArray<string> | undefined
  readonly issuedAtMillis: number
  readonly expiresAtMillis: number | undefined
  readonly extra: Readonly<Record<string, string>>
}

/**
 * What became of a refresh that failed.
 *
 * **Details**   `refused`: the server said that the refresh token is not good (`invalid_grant`); `not-applied`: it
 * certainly did not take the token (nothing was sent, or it answered with another error); `lost`: the request was
 * sent and no complete answer came back, so the server may have rotated.
 *
 * @category models
 * @since 0.1.0
 */
export interface RefreshFailed {
  readonly _tag: "RefreshFailed"
  readonly outcome: "refused" | "not-applied" | "lost"
  readonly failure: SourceFailure
}

/**
 * One refresh: sends the refresh token of `tokens` once, and gives what came back.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refresh {
  (tokens: Tokens): Effect.Effect<Tokens, RefreshFailed>
}

/**
 * How a server treats a refresh token that is sent twice.
 *
 * **Details**   `graceMillis`: how long after its first use it answers the same token again (0: never; it then ends the
 * whole grant). Known values: Okta 30 s, Atlassian 10 min, connect2id 5 s, Curity and oidc-provider 0. `rotates`:
 * whether an answer brings a new refresh token.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReuseProfile {
  readonly name: string
  readonly graceMillis: number
  readonly rotates: "always" | "sometimes" | "never"
}

/**
 * The payload as a store keeps it.
 *
 * **Details**   `grant`: names the grant that a person gave, `serial` counts its tokens from 1; together they are the
 * version that audit events show. A payload without them takes its name from the record that it is found in.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Stored = Schema.Struct({
  grant: Schema.optional(Schema.String),
  serial: Schema.optional(Schema.Int),
  accessToken: Schema.String,
  refreshToken: Schema.optional(Schema.String),
  scopes: Schema.optional(Schema.Array(Schema.String)),
  issuedAtMillis: Schema.Number,
  expiresAtMillis: Schema.optional(Schema.Number),
  extra: Schema.Record(Schema.String, Schema.String)
})
