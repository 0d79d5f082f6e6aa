/**
 * Google Secret Manager as a `SecretStore`, over the client of `@google-cloud/secret-manager`.
 *
 * Google has no previous version by name: it is the newest enabled one before the latest, or the one that an alias of
 * yours names.
 *
 * Neighbours: `SecretStore.source` makes a source of it.
 *
 * @source https://cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1 (2026-11)
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
 * The part of Google's `SecretManagerServiceClient` that is used.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  accessSecretVersion(
    request: { readonly name: string },
    options: { readonly timeout: number }
  ): Promise<
    readonly [
      {
        readonly name?: string | null | undefined
        readonly payload?: { readonly data?: Uint8Array | string | null | undefined } | null | undefined
      },
      ...ReadonlyArray<unknown>
    ]
  >
  listSecretVersions(
    request: { readonly parent: string; readonly pageSize: number },
    options: { readonly timeout: number; readonly autoPaginate: boolean }
  ): Promise<
    readonly [
      ReadonlyArray<{ readonly name?: string | null | undefined; readonly state?: string | number | null | undefined }>,
      ...ReadonlyArray<unknown>
    ]
  >
}

/**
 * **Details**   `previousAlias`: a version alias of yours (`previous`) that your rotation moves; with it no version is
 * listed, so `secretmanager.versions.access` is all that the client may need. `timeout`: of one read, default
 * 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly client: Client
  readonly previousAlias?: string
  readonly timeout?: Duration.Input
}

/** Versions that are looked through for the previous one. */
const pageSize = 10

/**
 * **Details**   A secret's name is `projects/P/secrets/S`. Version: the last part of the version's name. Google states no
 * expiry of a version and no scopes. Without `previousAlias` the client also needs `secretmanager.versions.list`.
 *
 * **Failures**   `rejected`: PERMISSION_DENIED, UNAUTHENTICATED. `misconfigured`: INVALID_ARGUMENT, FAILED_PRECONDITION
 * (the version is disabled or destroyed). `unavailable`: everything else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): SecretStore => {
  const timeoutMillis = Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? "5 seconds"))
  const call = <A>(run: () => Promise<A>): Effect.Effect<A | undefined, SourceFailure> =>
    StoreAnswer.call({ store: "gcp-secret-manager", timeoutMillis, run, judge })
  const access = (name: string, version: string): ReturnType<SecretStore["read"]> =>
    Effect.flatMap(
      call(() =>
        options.client.accessSecretVersion({ name: `${name}/versions/${version}` }, { timeout: timeoutMillis })
      ),
      (found) => {
        if (found === undefined) return Effect.succeed(undefined)
        const [{ name, payload }] = found
        const data = payload?.data
        if (data === null || data === undefined) {
          return Effect.fail(
            new SourceFailure({ reason: "unavailable", detail: "gcp-secret-manager: an answer without a payload" })
          )
        }
        return Effect.succeed({
          secret: Redacted.make(typeof data === "string" ? data : new TextDecoder().decode(data)),
          version: lastPart(name) ?? version
        })
      }
    )
  const previous = (name: string): ReturnType<SecretStore["read"]> =>
    Effect.flatMap(
      call(() =>
        options.client.listSecretVersions({ parent: name, pageSize }, { timeout: timeoutMillis, autoPaginate: false })
      ),
      (found) => {
        // newest first, and the newest is what `latest` means, enabled or not
        const version = lastPart(found?.[0].slice(1).find(({ state }) => state === "ENABLED" || state === 1)?.name)
        return version === undefined ? Effect.succeed(undefined) : access(name, version)
      }
    )
  return {
    name: "gcp-secret-manager",
    read: (name, which) =>
      which === "current"
        ? access(name, "latest")
        : options.previousAlias === undefined
          ? previous(name)
          : access(name, options.previousAlias)
  }
}

const lastPart = (name: string | null | undefined): string | undefined => name?.slice(name.lastIndexOf("/") + 1)

/** The codes of gRPC, by number. */
const codes: Readonly<Record<number, readonly [StoreAnswer.Reason, string]>> = {
  3: ["misconfigured", "INVALID_ARGUMENT"],
  4: ["unavailable", "DEADLINE_EXCEEDED"],
  5: ["absent", "NOT_FOUND"],
  7: ["rejected", "PERMISSION_DENIED"],
  8: ["unavailable", "RESOURCE_EXHAUSTED"],
  9: ["misconfigured", "FAILED_PRECONDITION"],
  13: ["unavailable", "INTERNAL"],
  14: ["unavailable", "UNAVAILABLE"],
  16: ["rejected", "UNAUTHENTICATED"]
}

const judge = (error: unknown): StoreAnswer.Judgement => {
  const code = StoreAnswer.member(error, "code")
  const known = typeof code === "number" ? codes[code] : undefined
  if (known !== undefined) return { reason: known[0], code: known[1] }
  return { reason: "unavailable", code: typeof code === "number" ? `code ${code}` : "no answer" }
}
