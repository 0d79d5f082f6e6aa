/**
 * A secret as a source gave it, with what is known of its life.
 *
 * Neighbours: a `Source` makes it, `Lifecycle` holds it, the transport binds its secret. Nothing here is ever
 * written anywhere but the `version` and the fingerprint made of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"

/**
 * **Details**   `version`: the source's own name of this secret (a version id, a serial, a digest under a random key);
 * it is audited and logged, so it never holds a part of the secret. `scopes`: what was granted; `undefined` when
 * the source does not say. `issuedAtMillis`, `expiresAtMillis`: since the epoch; without `expiresAtMillis` the secret
 * has no known end. `recheckAfterMillis`: how long after it was given the source should be asked for a newer one,
 * for secrets that somebody else rotates (a mounted file, a secret store).
 *
 * @category models
 * @since 0.1.0
 */
export interface Issued {
  readonly secret: Redacted.Redacted<string>
  readonly version: string
  readonly scopes?: ReadonlyArray<string> | undefined
  readonly issuedAtMillis: number
  readonly expiresAtMillis?: number | undefined
  readonly recheckAfterMillis?: number | undefined
}
