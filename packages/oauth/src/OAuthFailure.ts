/**
 * What can go wrong between us and an authorization server, in closed words and numbers.
 *
 * Errors of OAuth libraries carry tokens: the answer's body as a `cause`, a parser's message that quotes it, a
 * description in which the server repeats what it was sent. None of it comes past this boundary. Of an answer, its
 * status, its `Retry-After` and an error code out of a fixed list are kept.
 *
 * Neighbours: `Exchange` judges, everything else in this package fails with it; `toSourceFailure` and `refreshFailed`
 * say what follows for a credential's lifecycle.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { SourceFailure } from "surety/credential/Source"
import type { RefreshFailed } from "surety/credential/Tokens"

/**
 * **Details**   Nothing was applied: `unreachable` (nothing left this machine), `busy` (429 or 503; later),
 * `client-rejected` (who we are), `request-rejected` (what we asked for), `grant-rejected` (the code or refresh token),
 * `redirected` (3xx, never followed), `metadata-rejected` (discovery gave something that we must not use),
 * `callback-rejected` (what the browser brought back), `misconfigured` (it can never work this way).
 *
 * It may have been applied: `lost` (sent, and no complete answer came back), `server-error` (another 5xx), `malformed`
 * (a success that is not one).
 *
 * @category models
 * @since 0.1.0
 */
export const Reason = Schema.Literals([
  "unreachable",
  "lost",
  "busy",
  "server-error",
  "malformed",
  "redirected",
  "grant-rejected",
  "client-rejected",
  "request-rejected",
  "metadata-rejected",
  "callback-rejected",
  "misconfigured"
])
/** @category models @since 0.1.0 */
export type Reason = typeof Reason.Type

/**
 * Where it happened.
 *
 * @category models
 * @since 0.1.0
 */
export const At = Schema.Literals([
  "discovery",
  "token endpoint",
  "pushed authorization",
  "revocation",
  "introspection",
  "callback",
  "client"
])
/** @category models @since 0.1.0 */
export type At = typeof At.Type

/**
 * The error codes that are kept; any other is `other`.
 *
 * @source RFC 6749, sections 4.1.2.1 and 5.2; RFC 7009, section 2.2.1; RFC 8707, section 2; RFC 9449, sections 5 and 8;
 * RFC 9126, section 2.3; OpenID Connect Core 1.0, section 3.1.2.6
 * @category models
 * @since 0.1.0
 */
export const Code = Schema.Literals([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "invalid_scope",
  "access_denied",
  "server_error",
  "temporarily_unavailable",
  "unsupported_token_type",
  "invalid_target",
  "invalid_dpop_proof",
  "use_dpop_nonce",
  "invalid_token",
  "insufficient_scope",
  "interaction_required",
  "login_required",
  "account_selection_required",
  "consent_required",
  "invalid_request_uri",
  "invalid_request_object",
  "other"
])
/** @category models @since 0.1.0 */
export type Code = typeof Code.Type

/**
 * **Details**   `detail` is written by us: it never quotes an answer, an address or a header. `status`, `code` and
 * `retryAfterMillis`: of a complete answer.
 *
 * @category failures
 * @since 0.1.0
 */
export class OAuthFailure extends Schema.TaggedError<OAuthFailure>()("OAuthFailure", {
  reason: Reason,
  at: At,
  detail: Schema.String,
  status: Schema.optional(Schema.Int),
  code: Schema.optional(Code),
  retryAfterMillis: Schema.optional(Schema.Number)
}) {
  override get message(): string {
    const status = this.status === undefined ? "" : `, status ${this.status}`
    const code = this.code === undefined ? "" : `, ${this.code}`
    return `OAuth (${this.at}): ${this.reason}${status}${code}: ${this.detail}`
  }
}

/**
 * A text of a server as a code of ours.
 *
 * **Example** (Only what the standards name)
 *
 * ```ts import.meta.vitest
 * import * as OAuthFailure from "@surety/oauth/OAuthFailure"
 *
 * OAuthFailure.codeOf("invalid_grant") // => "invalid_grant"
 * OAuthFailure.codeOf("no such token: eyJhbGciOi") // => "other"
 * OAuthFailure.codeOf("bad_refresh_token") // => "invalid_grant"
 * ```
 *
 * @source https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 * @category rules
 * @since 0.1.0
 */
export const codeOf = (given: unknown): Code => (known.has(given) ? (given as Code) : (dialects.get(given) ?? "other"))

/** What GitHub and Slack say instead. */
const dialects: ReadonlyMap<unknown, Code> = new Map([
  ["bad_refresh_token", "invalid_grant"],
  ["bad_verification_code", "invalid_grant"],
  ["incorrect_client_credentials", "invalid_client"],
  ["redirect_uri_mismatch", "invalid_request"],
  ["invalid_refresh_token", "invalid_grant"],
  ["invalid_code", "invalid_grant"],
  ["invalid_client_id", "invalid_client"],
  ["bad_client_secret", "invalid_client"]
])

const known: ReadonlySet<unknown> = new Set(Code.literals)

/**
 * May the server have done what was asked?
 *
 * **Details**   `refused`: it looked at the grant and turned it down.
 *
 * @category rules
 * @since 0.1.0
 */
export const outcomeOf = (failure: OAuthFailure): RefreshFailed["outcome"] => {
  switch (failure.reason) {
    case "grant-rejected":
      return "refused"
    case "lost":
    case "server-error":
    case "malformed":
      return "lost"
    default:
      return "not-applied"
  }
}

/**
 * What follows for a credential that is asked for again and again.
 *
 * **Details**   `grant-rejected` is `reauthorize`: only for a refresh, where only a person can make a new grant.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toSourceFailure = (failure: OAuthFailure): SourceFailure => {
  const { retryAfterMillis } = failure
  return new SourceFailure({
    reason: sourceReason(failure.reason),
    detail: failure.message,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
  })
}

const sourceReason = (reason: Reason): SourceFailure["reason"] => {
  switch (reason) {
    case "grant-rejected":
      return "reauthorize"
    case "client-rejected":
      return "rejected"
    case "request-rejected":
    case "redirected":
    case "metadata-rejected":
    case "callback-rejected":
    case "misconfigured":
      return "misconfigured"
    default:
      return "unavailable"
  }
}

/**
 * What became of a refresh.
 *
 * @category conversions
 * @since 0.1.0
 */
export const refreshFailed = (failure: OAuthFailure): RefreshFailed => ({
  _tag: "RefreshFailed",
  outcome: outcomeOf(failure),
  failure: toSourceFailure(failure)
})
