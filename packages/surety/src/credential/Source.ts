/**
 * The port of everything that can give a secret: a variable, a file, a secret store, a token endpoint.
 *
 * A source does one thing each time it is asked: it gives the newest secret it can, or fails with a reason that says
 * whether asking again can help. It does not cache, retry, log, or decide when to ask; `Lifecycle` does.
 *
 * Neighbours: `Lifecycle` asks; `SharedGrant` is the source of a grant that several processes refresh.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Credential from "../Credential.ts"
import type { Issued } from "./Issued.ts"

/**
 * Why a source could not give a secret.
 *
 * **Details**   `reason` says what follows: `unavailable`: it did not answer, or said "later" (backoff); `rejected`: it
 * refused who we are (`invalid_client`; alarm, slow retry); `misconfigured`: what we asked can never work (scope,
 * resource, shape of the secret; alarm, slow retry); `reauthorize`: the grant is dead, only a person can make a new
 * one (terminal). `detail` is written by us from codes and numbers: it never quotes an answer. `retryAfterMillis`:
 * what the source asked for.
 *
 * @category failures
 * @since 0.1.0
 */
export class SourceFailure extends Schema.TaggedError<SourceFailure>()("SourceFailure", {
  reason: Schema.Literals(["unavailable", "rejected", "misconfigured", "reauthorize"]),
  detail: Schema.String,
  retryAfterMillis: Schema.optional(Schema.Number)
}) {
  override get message(): string {
    return `The credential source failed (${this.reason}): ${this.detail}`
  }
}

/**
 * Why the source is asked: there is none yet; the advisory window was reached, or the time to look for a newer one
 * (calls go on with the old secret); the mandatory window was reached (calls wait); the provider refused the secret.
 *
 * @category models
 * @since 0.1.0
 */
export type Because = "start" | "advisory" | "mandatory" | "rejected"

/**
 * What the source is told.
 *
 * **Details**   `previous`: what is in use. `rejected`: versions that the provider has refused; a source that has another
 * one gives that.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ask {
  readonly because: Because
  readonly previous: Issued | undefined
  readonly rejected: ReadonlySet<string>
}

/**
 * **Details**   `name`: for audit events and metrics; no part of a secret. `issue` is interruptible and is never run
 * twice at the same time by one `Lifecycle`. `sign` and `answered`: for secrets that go on the wire as a proof, see
 * `Credential.Credentials`. `revoke`: tells the issuer that the secret must not be used any more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source {
  readonly name: string
  readonly issue: (ask: Ask) => Effect.Effect<Issued, SourceFailure>
  readonly revoke?: (issued: Issued) => Effect.Effect<void, SourceFailure>
  readonly sign?: Credential.Sign
  readonly answered?: (answer: Credential.Answer) => "replay" | "no"
}
