/**
 * Why there is no secret, for whoever is woken by it: which credential, what its source said, when it is asked again.
 *
 * Neighbours: `Custody` knows; `Refusal.CredentialUnavailable` carries it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as LiveSecrets from "./LiveSecrets.ts"
import { SourceFailure } from "./Source.ts"

/**
 * The failures of a source in a row; `failures` is 0 when it has answered since.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failing {
  readonly reason: SourceFailure["reason"]
  readonly detail: string
  readonly failures: number
  readonly wallMillis: number
}

/**
 * **Details**   `endedMillisAgo`: for a secret that is there and over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Situation {
  readonly state: "open" | "revoked" | "closed"
  readonly source: string
  readonly version: string | undefined
  readonly endedMillisAgo: number | undefined
  readonly failing: Failing | undefined
  readonly askAgainInMillis: number
}

/**
 * **Example** (A vault that does not answer)
 *
 * ```ts import.meta.vitest
 * import * as Unavailable from "surety/credential/Unavailable"
 *
 * const failing = { reason: "unavailable", detail: "no answer within 10000 ms", failures: 2, wallMillis: 0 } as const
 * const why = Unavailable.toText({
 *   state: "open", source: "vault", version: "7", endedMillisAgo: 12_000, failing, askAgainInMillis: 1500
 * })
 *
 * why // => 'version 7 ended 12 s ago; source "vault" gives nothing (no answer within 10000 ms; 2 failures in a row); it is asked again in 2 s'
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = (now: Situation): string => {
  if (now.state === "closed") return "its layer was closed"
  if (now.state === "revoked") return "it was revoked by hand here; renew it to use it again"
  const parts: Array<string> = []
  if (now.endedMillisAgo !== undefined) {
    parts.push(`version ${now.version} ended ${Math.max(0, Math.round(now.endedMillisAgo / 1000))} s ago`)
  }
  const source = `source "${now.source}"`
  const { failing } = now
  if (failing === undefined || failing.failures === 0) parts.push(`${source} has given nothing yet`)
  else {
    const times = failing.failures === 1 ? "" : `; ${failing.failures} failures in a row`
    parts.push(`${source} ${verdicts[failing.reason]} (${failing.detail}${times})`)
  }
  const seconds = Math.ceil(Math.max(0, now.askAgainInMillis) / 1000)
  parts.push(seconds === 0 ? "the next call asks again" : `it is asked again in ${seconds} s`)
  return parts.join("; ")
}

const verdicts: Readonly<Record<SourceFailure["reason"], string>> = {
  unavailable: "gives nothing",
  rejected: "refuses us",
  misconfigured: "cannot work as it is configured",
  reauthorize: "needs a person"
}

/**
 * What came of an ask, in our words only: a defect, or an error of another type, is `unavailable` and quotes nothing.
 *
 * @category conversions
 * @since 0.1.0
 */
export const failureOf = (cause: Cause.Cause<unknown>): SourceFailure => {
  const found = cause.reasons.find(Cause.isFailReason)?.error
  if (!(found instanceof SourceFailure)) {
    const what =
      found !== undefined ? "failed with an error of its own" : Cause.hasDies(cause) ? "died" : "was interrupted"
    return new SourceFailure({ reason: "unavailable", detail: `the source ${what}; nothing of that is shown here` })
  }
  const { reason, retryAfterMillis } = found
  return new SourceFailure({ reason, retryAfterMillis, detail: tidy(found.detail) })
}

/** One line of at most 300 characters, without any secret that is held now. */
const tidy = (detail: string): string => {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const line = LiveSecrets.scrub(String(detail)).replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
