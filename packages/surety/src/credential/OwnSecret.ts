/**
 * The secret that a source itself needs in order to ask for another: the token of a vault, the private key of an app.
 * It has a life too, so it may come from a source of its own.
 *
 * Neighbours: `SecretStoreVault` and GitHub's app take one.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Issued } from "./Issued.ts"
import * as LiveSecrets from "./LiveSecrets.ts"
import type { Source, SourceFailure } from "./Source.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type OwnSecret = Redacted.Redacted<string> | Source

/**
 * Runs a request with the secret; when the issuer refuses it (`rejected`) and the source has another version, runs it once
 * more with that.
 *
 * **Failures**   Those of the source and of `run`.
 *
 * @category running
 * @since 0.1.0
 */
export const use = <A>(
  own: OwnSecret,
  request: (secret: Redacted.Redacted<string>) => Effect.Effect<A, SourceFailure>
): Effect.Effect<A, SourceFailure> => {
  const run = (secret: Redacted.Redacted<string>): Effect.Effect<A, SourceFailure> =>
    LiveSecrets.during(
      secret,
      Effect.suspend(() => request(secret))
    )
  if (Redacted.isRedacted(own)) return run(own as Redacted.Redacted<string>)
  const source = own as Source
  return Effect.flatMap(source.issue({ because: "start", previous: undefined, rejected: new Set() }), (first) =>
    Effect.catch(run(first.secret), (failure) =>
      failure.reason === "rejected" ? other(source, first, failure, run) : Effect.fail(failure)
    )
  )
}

const other = <A>(
  source: Source,
  first: Issued,
  failure: SourceFailure,
  run: (secret: Redacted.Redacted<string>) => Effect.Effect<A, SourceFailure>
): Effect.Effect<A, SourceFailure> =>
  Effect.flatMap(source.issue({ because: "rejected", previous: first, rejected: new Set([first.version]) }), (second) =>
    second.version === first.version ? Effect.fail(failure) : run(second.secret)
  )
