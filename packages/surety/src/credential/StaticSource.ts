/**
 * A secret that the program was given, in up to two versions, and that a program of yours may replace while calls run.
 *
 * It knows no expiry but the one that you say, and no scopes but yours. It keeps nothing but the two versions.
 *
 * Neighbours: `ConfigSource` reads the environment, `FileSource` a mounted file, `SecretStore` a vault. `Lifecycle`
 * asks.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Source from "./Source.ts"
import * as VersionPair from "./VersionPair.ts"

/**
 * **Details**   `previous`: the version before, while the provider still takes it. `expiresAt`: when the current one
 * ends; without it, nobody knows, and `rotateEvery` of the contract is what ends it. `recheckEvery`: how soon calls
 * see what `replace` put in, default 5 seconds; a call that the provider refuses sees it at once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends VersionPair.Knowledge {
  readonly current: Redacted.Redacted<string>
  readonly previous?: Redacted.Redacted<string>
  readonly expiresAt?: DateTime.DateTime
}

/**
 * **Details**   `replace`: what was current becomes previous, and what was previous is forgotten. A secret that is
 * current already changes nothing.
 *
 * **Failures**   `replace` fails as `misconfigured` when the text cannot be a secret, and then nothing has changed.
 *
 * @category models
 * @since 0.1.0
 */
export interface StaticSource extends Source.Source {
  readonly replace: (
    next: Redacted.Redacted<string>,
    options?: { readonly expiresAt?: DateTime.DateTime }
  ) => Effect.Effect<void, Source.SourceFailure>
}

/**
 * **Details**   Versions are named `1`, `2`, … in the order in which they came.
 *
 * **Failures**   Both versions are checked whenever the source is asked: a defect of either is `misconfigured`, so it is
 * seen when the program starts and not in the middle of a rotation.
 *
 * **Gotchas**   The secrets stay yours: wipe the old one when the provider does not take it any more. After a restart the names begin at 1 again: compare versions across processes by their fingerprints.
 *
 * **Example** (The current version, until the provider refuses it)
 *
 * ```ts import.meta.vitest
 * import { Effect, Redacted } from "effect"
 * import { StaticSource } from "surety/credential"
 *
 * const source = StaticSource.make({ current: Redacted.make("sk_new"), previous: Redacted.make("sk_old") })
 * const ask = (rejected: ReadonlyArray<string>) =>
 *   Effect.runSync(source.issue({ because: "start", previous: undefined, rejected: new Set(rejected) }))
 *
 * ask([]).version // => "2"
 * ask(["2"]).version // => "1"
 * Redacted.value(ask(["2"]).secret) // => "sk_old"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): StaticSource => {
  const { defectOf, scopes } = options
  const recheckAfterMillis = Duration.toMillis(Duration.fromInputUnsafe(options.recheckEvery ?? "5 seconds"))
  let serial = 0
  const held = (secret: Redacted.Redacted<string>, expiresAt: DateTime.DateTime | undefined): VersionPair.Version => ({
    secret,
    version: String(++serial),
    scopes,
    expiresAtMillis: expiresAt === undefined ? undefined : DateTime.toEpochMillis(expiresAt)
  })
  let previous = options.previous === undefined ? undefined : held(options.previous, undefined)
  let current = held(options.current, options.expiresAt)

  // a copy each time: whoever wipes what it was given must not wipe what the next ask is answered with
  const copy = (
    version: VersionPair.Version,
    where: string
  ): Effect.Effect<VersionPair.Version, Source.SourceFailure> =>
    Effect.map(
      Effect.suspend(() => VersionPair.checked(textOf(version.secret), where, defectOf)),
      (secret) => ({ ...version, secret })
    )
  // a version that its owner has wiped is there no more
  const readPrevious = Effect.suspend(() =>
    previous === undefined || textOf(previous.secret) === undefined
      ? Effect.succeed(undefined)
      : copy(previous, "the previous secret")
  )
  const pair: VersionPair.VersionPair = {
    current: Effect.suspend(() => Effect.andThen(readPrevious, copy(current, "the current secret"))),
    previous: readPrevious
  }
  return {
    name: "static",
    issue: (ask) => VersionPair.issue(pair, ask, recheckAfterMillis),
    replace: (next, replaced = {}) =>
      Effect.suspend(() =>
        Effect.map(VersionPair.checked(textOf(next), "the new secret", defectOf), () => {
          if (textOf(next) === textOf(current.secret)) return
          previous = current
          current = held(next, replaced.expiresAt)
        })
      )
  }
}

/** `undefined` when it was wiped, which `Redacted.value` answers with an exception. */
const textOf = (secret: Redacted.Redacted<string>): string | undefined => {
  try {
    return Redacted.value(secret)
  } catch {
    return undefined
  }
}
