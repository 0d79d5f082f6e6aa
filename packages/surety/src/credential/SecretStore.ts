/**
 * The port of a store of secrets: it has a current version of each, and often the previous one.
 *
 * A store is asked over the network, with a timeout of its own; it does not retry or cache, `Lifecycle` does. While it
 * is down, calls go on with the last secret until that expires; a program that starts meanwhile fails at once.
 *
 * Neighbours: `SecretStoreAws`, `SecretStoreGcp`, `SecretStoreAzure` and `SecretStoreVault` are stores.
 *
 * @source OWASP Secrets Management Cheat Sheet, sections 2.7.2 and 2.9 (2026-08)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Source, SourceFailure } from "./Source.ts"
import * as VersionPair from "./VersionPair.ts"

/**
 * **Details**   `version`: the store's own name of it. `expiresAtMillis`: since the epoch, when the store knows.
 *
 * @category models
 * @since 0.1.0
 */
export interface Secret {
  readonly secret: Redacted.Redacted<string>
  readonly version: string
  readonly expiresAtMillis?: number | undefined
}

/**
 * **Details**   `name`: for audit events and metrics. `read` gives `undefined` when the store has no such secret, or no
 * such version of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface SecretStore {
  readonly name: string
  readonly read: (name: string, which: "current" | "previous") => Effect.Effect<Secret | undefined, SourceFailure>
}

/**
 * **Details**   `recheckEvery`: how often the store is asked for a newer version, default 5 minutes; a call that the
 * provider refuses has it asked at once. `field`: the stored text is a JSON object, and the secret is this member of
 * it; always so for Vault, which stores members only.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends VersionPair.Knowledge {
  readonly field?: string
}

/**
 * The source of one secret of a store.
 *
 * **Details**   Version and expiry are the store's. Scopes are yours to declare: no store knows them. The previous version
 * is read only when the provider refused the current one.
 *
 * **Failures**   Those of the store; `misconfigured` when it has no such secret, or one that cannot be used.
 *
 * **Example** (A store in a few lines)
 *
 * ```ts import.meta.vitest
 * import { Effect, Redacted } from "effect"
 * import { SecretStore } from "surety/credential"
 *
 * const store: SecretStore.SecretStore = {
 *   name: "example",
 *   read: () => Effect.succeed({ secret: Redacted.make(`{"key":"sk_1"}`), version: "7" })
 * }
 * const source = SecretStore.source(store, "shop/payments", { field: "key" })
 * const issued = Effect.runSync(source.issue({ because: "start", previous: undefined, rejected: new Set() }))
 *
 * Redacted.value(issued.secret) // => "sk_1"
 * issued.version // => "7"
 * issued.recheckAfterMillis // => 300000
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const source = (store: SecretStore, name: string, options: Options = {}): Source => {
  const recheckAfterMillis = Duration.toMillis(Duration.fromInputUnsafe(options.recheckEvery ?? "5 minutes"))
  const read = (which: "current" | "previous"): Effect.Effect<VersionPair.Version | undefined, SourceFailure> =>
    Effect.flatMap(
      Effect.suspend(() => store.read(name, which)),
      (found) => {
        if (found === undefined) return Effect.succeed(undefined)
        const where = `${store.name}: ${name}, version ${found.version}`
        return fieldOf(Redacted.value(found.secret), options.field, where).pipe(
          Effect.flatMap((text) => VersionPair.checked(text, where, options.defectOf)),
          Effect.map((secret) => ({ ...found, secret, scopes: options.scopes }))
        )
      }
    )
  const pair: VersionPair.VersionPair = {
    current: Effect.flatMap(read("current"), (found) =>
      found === undefined ? misconfigured(`${store.name}: there is no ${name}`) : Effect.succeed(found)
    ),
    previous: read("previous")
  }
  return { name: store.name, issue: (ask) => VersionPair.issue(pair, ask, recheckAfterMillis) }
}

const fieldOf = (text: string, field: string | undefined, where: string): Effect.Effect<string, SourceFailure> => {
  if (field === undefined) return Effect.succeed(text)
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    // the parser's message quotes the text
    return misconfigured(`${where}: it is not JSON`)
  }
  const value =
    typeof found === "object" && found !== null && Object.hasOwn(found, field)
      ? (found as Readonly<Record<string, unknown>>)[field]
      : undefined
  return typeof value === "string"
    ? Effect.succeed(value)
    : misconfigured(`${where}: it has no text in the field ${JSON.stringify(field)}`)
}

const misconfigured = (detail: string): Effect.Effect<never, SourceFailure> =>
  Effect.fail(new SourceFailure({ reason: "misconfigured", detail }))
