/**
 * What a process does next about a grant that it shares: a pure function of the record, the lease, the time and what the
 * server makes of a refresh token that is sent twice.
 *
 * A refresh token that rotates is sent once. The only question is what a record means that says "a refresh has begun"
 * while nobody holds the lease any more: its holder died or lost the answer, so the server may have rotated. Within the
 * server's grace the same token is sent again; without one the access token is used to its end first, because sending
 * the token may end the whole grant; then nothing is left to lose.
 *
 * Neighbours: `GrantFlight` does what is decided here, `GrantPayload` names the tokens.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import { type GrantPayload, versionOf } from "./GrantPayload.ts"
import type { GrantRecord } from "./GrantStore.ts"
import type { Ask } from "./Source.ts"
import type { ReuseProfile, Tokens } from "./Tokens.ts"

/**
 * **Details**   `lease`: `ours` when the record was read in the step that gave us the lease, so that nobody else is at
 * work. `refused`: the version whose refresh token the server has refused to this process, if there is one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Situation {
  readonly record: GrantRecord | undefined
  readonly payload: GrantPayload | undefined
  readonly lease: "ours" | "unknown"
  readonly ask: Ask
  readonly nowMillis: number
  readonly profile: ReuseProfile
  readonly refused: string | undefined
}

/**
 * **Details**   `Give`: the record has what was asked for. `Lease`: only the holder of the lease can go on. `Send`: send the
 * refresh token; `firstSentAtMillis` is when it was first sent, `undefined` for a token that was not. `Bury`: the grant
 * is dead and the record does not say so yet. `Announce`: it says so, and nobody has audited it. `Fail`: nothing to
 * give, and nothing to do.
 *
 * @category models
 * @since 0.1.0
 */
export type Step =
  | { readonly _tag: "Give"; readonly payload: GrantPayload }
  | { readonly _tag: "Lease" }
  | { readonly _tag: "Send"; readonly payload: GrantPayload; readonly firstSentAtMillis: number | undefined }
  | { readonly _tag: "Bury"; readonly payload: GrantPayload; readonly why: "refused" | "no-refresh-token" }
  | { readonly _tag: "Announce"; readonly payload: GrantPayload }
  | { readonly _tag: "Fail"; readonly why: Why; readonly retryAfterMillis: number | undefined }

/**
 * `missing`: nobody has put a grant; `dead`: it ended; `unreadable`: the record is not one of ours; `in-doubt`: the
 * refresh token may be spent, and the access token is still good; `not-yet`: there is no refresh token, and the access
 * token is still good.
 *
 * @category models
 * @since 0.1.0
 */
export type Why = "missing" | "dead" | "unreadable" | "in-doubt" | "not-yet"

/**
 * **Details**   In this order: a dead grant gives nothing; tokens that are valid, new to the asker and not refused by the
 * provider are given; everything else needs the lease.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (now: Situation): Step => {
  const { ask, lease, nowMillis, payload, record, refused } = now
  if (record === undefined) return fail("missing")
  if (payload === undefined) return fail("unreadable")
  if (record.state === "dead") {
    if (record.announced === "yes") return fail("dead")
    return lease === "ours" ? { _tag: "Announce", payload } : { _tag: "Lease" }
  }
  const version = versionOf(payload)
  const overAt = overAtMillis(payload.tokens)
  const isGood = nowMillis < overAt && !ask.rejected.has(version)
  if (isGood && version !== ask.previous?.version) return { _tag: "Give", payload }
  if (lease !== "ours") return { _tag: "Lease" }
  if (version === refused) return { _tag: "Bury", payload, why: "refused" }
  if (payload.tokens.refreshToken === undefined) {
    if (isGood) return fail("not-yet", overAt - nowMillis)
    return { _tag: "Bury", payload, why: "no-refresh-token" }
  }
  const firstSentAtMillis = record.state === "refreshing" ? (record.refreshStartedAtMillis ?? nowMillis) : undefined
  if (firstSentAtMillis !== undefined && isGood && !isInGrace(now.profile, firstSentAtMillis, nowMillis)) {
    return fail("in-doubt", overAt - nowMillis)
  }
  return { _tag: "Send", payload, firstSentAtMillis }
}

/**
 * When an access token counts as over: a skew before its end, at most 5 s, at most a tenth of its life.
 *
 * @category rules
 * @since 0.1.0
 */
export const overAtMillis = ({ expiresAtMillis, issuedAtMillis }: Tokens): number =>
  expiresAtMillis === undefined
    ? Number.POSITIVE_INFINITY
    : expiresAtMillis - Math.min(5000, 0.1 * Math.max(0, expiresAtMillis - issuedAtMillis))

/**
 * Whether the server still answers a refresh token that was first sent at `firstSentAtMillis`.
 *
 * **Details**   The last fifth of the grace, at most 2 s, is left for the way to the server. A start that lies more than
 * the grace in the future is of a clock that nobody can reckon with, so it counts as over. A server that does not rotate
 * answers at any time.
 *
 * @category rules
 * @since 0.1.0
 */
export const isInGrace = (profile: ReuseProfile, firstSentAtMillis: number, nowMillis: number): boolean => {
  if (profile.rotates === "never") return true
  const elapsedMillis = nowMillis - firstSentAtMillis
  const graceMillis = profile.graceMillis - Math.min(2000, 0.2 * profile.graceMillis)
  return Math.abs(elapsedMillis) < graceMillis
}

/**
 * What becomes of tokens that a server gave and of which no store has said that it has them.
 *
 * **Details**   `Commit`: the record still has the tokens that they were got for, in whatever state. `Stored`: the record has
 * them already, only the store's answer was lost. `Drop`: the record has another process's answer to the same refresh
 * token, or later ones, or a new grant, or is dead: what it has is the truth.
 *
 * @category rules
 * @since 0.1.0
 */
export const settle = (
  kept: GrantPayload,
  record: GrantRecord | undefined,
  payload: GrantPayload | undefined
): "Commit" | "Stored" | "Drop" => {
  if (record === undefined || record.state === "dead" || payload?.grant !== kept.grant) return "Drop"
  if (payload.serial === kept.serial - 1) return "Commit"
  const isSame = Redacted.value(payload.tokens.accessToken) === Redacted.value(kept.tokens.accessToken)
  return payload.serial === kept.serial && isSame ? "Stored" : "Drop"
}

const fail = (why: Why, retryAfterMillis?: number): Step => ({
  _tag: "Fail",
  why,
  retryAfterMillis: Number.isFinite(retryAfterMillis) ? retryAfterMillis : undefined
})
