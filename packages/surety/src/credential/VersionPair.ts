/**
 * The two versions of a secret that are valid while somebody rotates it, and which of them to give: the current one,
 * unless the provider has refused it and there is a previous one that it has not.
 *
 * So a rotation costs no call in either order: a key that the provider does not know yet falls back to the previous
 * one, and a key that it does not know any more is followed by the newest that the source has.
 *
 * Neighbours: `StaticSource`, `FileSource`, `ConfigSource` and `SecretStore` read pairs; `Lifecycle` says what was
 * refused.
 *
 * @source OWASP Secrets Management Cheat Sheet, section 2.7.2 (2026-08)
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import type { Issued } from "./Issued.ts"
import { type Ask, SourceFailure } from "./Source.ts"

/**
 * One version, as it was read. The fields are those of `Issued`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Version {
  readonly secret: Redacted.Redacted<string>
  readonly version: string
  readonly scopes?: ReadonlyArray<string> | undefined
  readonly expiresAtMillis?: number | undefined
}

/**
 * **Details**   `previous` is read only when the current one was refused; it is `undefined` when there is none, which is
 * the usual case.
 *
 * @category models
 * @since 0.1.0
 */
export interface VersionPair {
  readonly current: Effect.Effect<Version, SourceFailure>
  readonly previous: Effect.Effect<Version | undefined, SourceFailure>
}

/**
 * What somebody who hands over a secret knows of it.
 *
 * **Details**   `scopes`: what it may do, when nobody else says so. `recheckEvery`: how soon a newer one is looked for.
 * `defectOf`: why a text cannot be such a secret, or `undefined`; default `Credential.defectOf`, which is right for
 * what goes into a header. It never quotes the secret: what it says is shown.
 *
 * @category models
 * @since 0.1.0
 */
export interface Knowledge {
  readonly scopes?: ReadonlyArray<string>
  readonly recheckEvery?: Duration.Input
  readonly defectOf?: (secret: string) => string | undefined
}

/**
 * **Example** (Which version is given)
 *
 * ```ts import.meta.vitest
 * import { VersionPair } from "surety/credential"
 *
 * VersionPair.decide("v2", "v1", new Set()) // => "current"
 * VersionPair.decide("v2", "v1", new Set(["v2"])) // => "previous"
 * VersionPair.decide("v2", "v1", new Set(["v1", "v2"])) // => "current"
 * VersionPair.decide("v2", undefined, new Set(["v2"])) // => "current"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  current: string,
  previous: string | undefined,
  rejected: ReadonlySet<string>
): "current" | "previous" =>
  rejected.has(current) && previous !== undefined && !rejected.has(previous) ? "previous" : "current"

/**
 * Answers an ask from a pair.
 *
 * **Failures**   Those of the pair.
 *
 * @category running
 * @since 0.1.0
 */
export const issue = (
  pair: VersionPair,
  ask: Ask,
  recheckAfterMillis: number | undefined
): Effect.Effect<Issued, SourceFailure> =>
  Effect.gen(function* () {
    const issuedAtMillis = yield* Clock.currentTimeMillis
    const current = yield* pair.current
    const previous = ask.rejected.has(current.version) ? yield* pair.previous : undefined
    const which = decide(current.version, previous?.version, ask.rejected)
    return {
      ...(which === "previous" && previous !== undefined ? previous : current),
      issuedAtMillis,
      recheckAfterMillis
    }
  })

/**
 * A text that was read, as a secret that may be used.
 *
 * **Failures**   `misconfigured`: names `where` it was read and the rule that it breaks, never the text. What is no text
 * at all (a wiped secret, a configuration of another type) is said to be none.
 *
 * @category running
 * @since 0.1.0
 */
export const checked = (
  text: string | undefined,
  where: string,
  defectOf: Knowledge["defectOf"] = Credential.defectOf
): Effect.Effect<Redacted.Redacted<string>, SourceFailure> => {
  const defect = typeof text === "string" ? defectOf(text) : "the secret is not a text (was it set, or wiped?)"
  return defect === undefined && text !== undefined
    ? Effect.succeed(Redacted.make(text))
    : Effect.fail(new SourceFailure({ reason: "misconfigured", detail: `${where}: ${defect}` }))
}
