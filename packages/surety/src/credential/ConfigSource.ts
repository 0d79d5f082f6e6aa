/**
 * A secret from the configuration, the environment as a rule, through Effect's `Config`.
 *
 * The configuration is read again each time the source is asked. It says nothing of scopes or expiry: what you know of
 * them you declare here.
 *
 * Neighbours: `FileSource` reads a mounted file, which unlike a variable can change while the program runs.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as SchemaIssue from "effect/SchemaIssue"
import { type Source, SourceFailure } from "./Source.ts"
import * as VersionName from "./VersionName.ts"
import * as VersionPair from "./VersionPair.ts"

/**
 * **Details**   `previous`: may be absent from the configuration. `recheckEvery`: only for a `ConfigProvider` whose
 * values change; default never.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends VersionPair.Knowledge {
  readonly current: Config.Config<Redacted.Redacted<string>>
  readonly previous?: Config.Config<Redacted.Redacted<string>>
}

/**
 * **Details**   The `ConfigProvider` is the one in the context where the source is made. Versions are digests under a
 * random key.
 *
 * **Failures**   `misconfigured`: a value is missing, and then its key is named, or cannot be a secret. No value is quoted.
 *
 * **Example** (Two variables)
 *
 * ```ts import.meta.vitest
 * import { Config, ConfigProvider, Effect, Redacted } from "effect"
 * import { ConfigSource } from "surety/credential"
 *
 * const program = Effect.gen(function* () {
 *   const source = yield* ConfigSource.make({
 *     current: Config.Redacted("API_KEY"),
 *     previous: Config.Redacted("API_KEY_PREVIOUS")
 *   })
 *   return yield* source.issue({ because: "start", previous: undefined, rejected: new Set() })
 * })
 * const environment = ConfigProvider.fromEnv({ env: { API_KEY: "sk_1" } })
 * const issued = await Effect.runPromise(Effect.provideService(program, ConfigProvider.ConfigProvider, environment))
 *
 * Redacted.value(issued.secret) // => "sk_1"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Source> =>
  Effect.contextWith((context: Context.Context<never>) => {
    const nameOf = VersionName.make()
    const versionOf = (
      secret: Redacted.Redacted<string>,
      where: string
    ): Effect.Effect<VersionPair.Version, SourceFailure> => {
      // what the configuration gives may be read as the wrong type; `defectOf` sees to that
      const text = Redacted.value(secret)
      return Effect.flatMap(VersionPair.checked(text, where, options.defectOf), (checked) =>
        Effect.map(nameOf(text), (version) => ({ secret: checked, version, scopes: options.scopes }))
      )
    }
    const current = "the current secret of the configuration"
    const previous = "the previous secret of the configuration"
    const pair: VersionPair.VersionPair = {
      current: options.current.pipe(
        Effect.mapError((error) => failureOf(error, current)),
        Effect.flatMap((secret) => versionOf(secret, current))
      ),
      previous:
        options.previous === undefined
          ? Effect.succeed(undefined)
          : Config.option(options.previous).pipe(
              Effect.mapError((error) => failureOf(error, previous)),
              Effect.flatMap((found) =>
                Option.isSome(found) ? versionOf(found.value, previous) : Effect.succeed(undefined)
              )
            )
    }
    const recheckAfterMillis =
      options.recheckEvery === undefined ? undefined : Duration.toMillis(Duration.fromInputUnsafe(options.recheckEvery))
    return Effect.succeed<Source>({
      name: "config",
      issue: (ask) => Effect.provideContext(VersionPair.issue(pair, ask, recheckAfterMillis), context)
    })
  })

/** Only the path of the key: what a `Config` of the caller's own says may quote the value. */
const failureOf = ({ cause }: Config.ConfigError, where: string): SourceFailure => {
  const path: Array<string> = []
  let issue: SchemaIssue.Issue | undefined = cause._tag === "SchemaError" ? cause.issue : undefined
  while (issue?._tag === "Pointer") {
    path.push(...issue.path.map(String))
    issue = issue.issue
  }
  const at = path.length === 0 ? "" : ` (${path.join(".")})`
  return cause._tag === "SchemaError"
    ? new SourceFailure({ reason: "misconfigured", detail: `${where}${at} is missing, empty or not a text` })
    : new SourceFailure({ reason: "unavailable", detail: `${where} could not be read` })
}
