/**
 * Azure Key Vault as a `SecretStore`, over the client of `@azure/keyvault-secrets`.
 *
 * Key Vault has no previous version by name: it is the newest enabled one before the current.
 *
 * Neighbours: `SecretStore.source` makes a source of it.
 *
 * @source https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { SecretStore } from "./SecretStore.ts"
import { SourceFailure } from "./Source.ts"
import * as StoreAnswer from "./StoreAnswer.ts"

/**
 * What Key Vault says of a version.
 *
 * @category models
 * @since 0.1.0
 */
export interface Properties {
  readonly version?: string | undefined
  readonly enabled?: boolean | undefined
  readonly createdOn?: Date | undefined
  readonly expiresOn?: Date | undefined
}

/**
 * The part of Azure's `SecretClient` that is used.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  getSecret(
    name: string,
    options: { readonly version?: string; readonly abortSignal: AbortSignal }
  ): Promise<{ readonly value?: string | undefined; readonly properties: Properties }>
  listPropertiesOfSecretVersions(
    name: string,
    options: { readonly abortSignal: AbortSignal }
  ): AsyncIterable<Properties>
}

/**
 * **Details**   `timeout`: of one call, the client's own retries included; default 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly client: Client
  readonly timeout?: Duration.Input
}

/** Versions that are looked through for the previous one. */
const maxVersions = 500

/**
 * **Details**   Version: the version id. Expiry: `exp` of the version, which Key Vault itself does not enforce. It states
 * no scopes. The client needs `secrets/get`, and `secrets/list` for the previous version.
 *
 * **Failures**   `rejected`: 401, 403 (a disabled version is 403 too), or no identity. `misconfigured`: other 4xx.
 * `unavailable`: everything else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): SecretStore => {
  const timeoutMillis = Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? "5 seconds"))
  const call = <A>(run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A | undefined, SourceFailure> =>
    StoreAnswer.call({ store: "azure-key-vault", timeoutMillis, run, judge })
  const get = (name: string, version: string | undefined): ReturnType<SecretStore["read"]> =>
    Effect.flatMap(
      call((abortSignal) =>
        options.client.getSecret(name, version === undefined ? { abortSignal } : { abortSignal, version })
      ),
      (found) => {
        if (found === undefined) return Effect.succeed(undefined)
        const { properties, value } = found
        return value === undefined
          ? Effect.fail(
              new SourceFailure({ reason: "unavailable", detail: "azure-key-vault: an answer without a value" })
            )
          : Effect.succeed({
              secret: Redacted.make(value),
              version: properties.version ?? version ?? "current",
              expiresAtMillis: properties.expiresOn?.getTime()
            })
      }
    )
  const previous = (name: string): ReturnType<SecretStore["read"]> =>
    Effect.flatMap(
      call((abortSignal) => newest(options.client.listPropertiesOfSecretVersions(name, { abortSignal }))),
      (versions) => {
        const version = versions?.slice(1).find(({ enabled }) => enabled !== false)?.version
        return version === undefined ? Effect.succeed(undefined) : get(name, version)
      }
    )
  return {
    name: "azure-key-vault",
    read: (name, which) => (which === "current" ? get(name, undefined) : previous(name))
  }
}

/** Newest first: Key Vault does not say in which order it lists. */
const newest = async (listed: AsyncIterable<Properties>): Promise<ReadonlyArray<Properties>> => {
  const versions: Array<Properties> = []
  for await (const properties of listed) {
    versions.push(properties)
    if (versions.length === maxVersions) break
  }
  return versions.sort((a, b) => (b.createdOn?.getTime() ?? 0) - (a.createdOn?.getTime() ?? 0))
}

const judge = (error: unknown): StoreAnswer.Judgement => {
  const status = StoreAnswer.member(error, "statusCode")
  if (typeof status === "number") return { reason: StoreAnswer.reasonOf(status), code: `HTTP ${status}` }
  const name = StoreAnswer.member(error, "name")
  return name === "AuthenticationError" ||
    name === "CredentialUnavailableError" ||
    name === "AuthenticationRequiredError"
    ? { reason: "rejected", code: name }
    : { reason: "unavailable", code: "no answer" }
}
