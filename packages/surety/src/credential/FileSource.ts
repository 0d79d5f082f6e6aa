/**
 * A secret in a file that somebody else writes: a mounted Kubernetes secret, the sink of an agent, a file of systemd.
 *
 * It reads the file each time it is asked, and keeps nothing of it. A file that is replaced by a swap of a link (as
 * Kubernetes does) is followed; a file that is gone is `unavailable`, and `Lifecycle` goes on with what it has.
 *
 * Neighbours: `ConfigSource` for variables, `SecretStore` for a vault that is asked over the network.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import { type Source, SourceFailure } from "./Source.ts"
import * as VersionName from "./VersionName.ts"
import * as VersionPair from "./VersionPair.ts"

/**
 * A larger file is no secret: somebody gave the wrong path.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxBytes = 65_536

/**
 * **Details**   `path`: of the current secret. `previousPath`: of the one before, while the provider still takes it; the
 * file may be absent. `recheckEvery`: how often the file is read for a newer one, default 30 seconds; a call that the
 * provider refuses has it read at once. `format`: `"text"` (default): the file is the secret, but for one line break
 * at its end; `"json"`: an object with `current` and, if you like, `previous`, `expiresAt` (RFC 3339, of `current`)
 * and `scopes`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends VersionPair.Knowledge {
  readonly path: string
  readonly previousPath?: string
  readonly format?: "text" | "json"
}

/**
 * **Details**   Versions are digests under a random key. Two files are two reads: both in one mount change together, and
 * a read between the two sees the older pair until the next.
 *
 * **Failures**   `unavailable`: the file is not there, or cannot be read now. `misconfigured`: it may not be read, is no
 * file, is larger than `maxBytes`, or what is in it cannot be a secret; the failure names the path and the rule.
 *
 * **Gotchas**   A file system that hangs (NFS, FUSE) is waited for as long as `Lifecycle` waits for a source.
 *
 * **Example** (A file that ends in a line break)
 *
 * ```ts import.meta.vitest
 * import { Effect, FileSystem, Redacted } from "effect"
 * import { FileSource } from "surety/credential"
 *
 * const files = FileSystem.layerNoop({
 *   stat: () => Effect.succeed({ type: "File", size: 5n } as FileSystem.File.Info),
 *   readFileString: () => Effect.succeed("sk_1\n")
 * })
 * const program = Effect.gen(function* () {
 *   const source = yield* FileSource.make({ path: "/run/secrets/key" })
 *   return yield* source.issue({ because: "start", previous: undefined, rejected: new Set() })
 * })
 * const issued = await Effect.runPromise(Effect.provide(program, files))
 *
 * Redacted.value(issued.secret) // => "sk_1"
 * issued.recheckAfterMillis // => 30000
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Source, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (files) => {
    const nameOf = VersionName.make()
    const versionOf = (found: Found, path: string): Effect.Effect<VersionPair.Version, SourceFailure> =>
      Effect.flatMap(VersionPair.checked(found.text, path, options.defectOf), (secret) =>
        Effect.map(nameOf(found.text), (version) => ({
          secret,
          version,
          scopes: found.scopes ?? options.scopes,
          expiresAtMillis: found.expiresAtMillis
        }))
      )
    const pair = options.format === "json" ? jsonPair(files, options, versionOf) : textPair(files, options, versionOf)
    const recheckAfterMillis = Duration.toMillis(Duration.fromInputUnsafe(options.recheckEvery ?? "30 seconds"))
    return { name: "file", issue: (ask) => VersionPair.issue(pair, ask, recheckAfterMillis) }
  })

interface Found {
  readonly text: string
  readonly scopes?: ReadonlyArray<string> | undefined
  readonly expiresAtMillis?: number | undefined
}

type VersionOf = (found: Found, path: string) => Effect.Effect<VersionPair.Version, SourceFailure>

const textPair = (
  files: FileSystem.FileSystem,
  { path, previousPath }: Options,
  versionOf: VersionOf
): VersionPair.VersionPair => {
  const readAt = (at: string): Effect.Effect<VersionPair.Version, SourceFailure> =>
    Effect.flatMap(read(files, at), (text) => versionOf({ text: withoutLineBreak(text) }, at))
  return {
    current: readAt(path),
    previous:
      previousPath === undefined
        ? Effect.succeed(undefined)
        : Effect.flatMap(
            // a directory that may not be read says no; then the read itself says why
            Effect.orElseSucceed(files.exists(previousPath), () => true),
            (exists) => (exists ? readAt(previousPath) : Effect.succeed(undefined))
          )
  }
}

const jsonPair = (files: FileSystem.FileSystem, { path }: Options, versionOf: VersionOf): VersionPair.VersionPair => {
  const parsed = Effect.flatMap(read(files, path), (text) => parse(text, path))
  return {
    current: Effect.flatMap(parsed, (found) => versionOf(found.current, path)),
    previous: Effect.flatMap(parsed, ({ previous }) =>
      previous === undefined ? Effect.succeed(undefined) : versionOf({ text: previous }, path)
    )
  }
}

const read = (files: FileSystem.FileSystem, path: string): Effect.Effect<string, SourceFailure> =>
  files.stat(path).pipe(
    Effect.mapError((error) => failureOf(error, path)),
    Effect.flatMap((info) =>
      info.type !== "File"
        ? misconfigured(path, "it is not a file")
        : Number(info.size) > maxBytes
          ? misconfigured(path, `it has ${info.size} bytes, and a secret at most ${maxBytes}`)
          : Effect.mapError(files.readFileString(path), (error) => failureOf(error, path))
    )
  )

/** One line break: editors and `kubectl` write it, and a secret that ends in two was not meant. */
const withoutLineBreak = (text: string): string => text.replace(/\r?\n$/, "")

const parse = (
  text: string,
  path: string
): Effect.Effect<{ readonly current: Found; readonly previous: string | undefined }, SourceFailure> => {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    // the parser's message quotes the text
    return misconfigured(path, "it is not JSON")
  }
  if (typeof found !== "object" || found === null) return misconfigured(path, "it is not an object")
  const { current, expiresAt, previous, scopes } = found as Readonly<Record<string, unknown>>
  if (typeof current !== "string") return misconfigured(path, "current is not a text")
  if (previous !== undefined && previous !== null && typeof previous !== "string") {
    return misconfigured(path, "previous is not a text")
  }
  const until = typeof expiresAt === "string" ? Option.getOrUndefined(DateTime.make(expiresAt)) : undefined
  if (expiresAt !== undefined && expiresAt !== null && until === undefined) {
    return misconfigured(path, "expiresAt is not a time (RFC 3339)")
  }
  if (scopes !== undefined && !isTexts(scopes)) return misconfigured(path, "scopes is not a list of texts")
  return Effect.succeed({
    current: {
      text: current,
      scopes,
      expiresAtMillis: until === undefined ? undefined : DateTime.toEpochMillis(until)
    },
    previous: previous ?? undefined
  })
}

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((one) => typeof one === "string")

const misconfigured = (path: string, rule: string): Effect.Effect<never, SourceFailure> =>
  Effect.fail(new SourceFailure({ reason: "misconfigured", detail: `${path}: ${rule}` }))

const failureOf = ({ reason: { _tag } }: PlatformError, path: string): SourceFailure => {
  switch (_tag) {
    case "PermissionDenied":
      return new SourceFailure({ reason: "misconfigured", detail: `${path}: it may not be read` })
    case "BadArgument":
      return new SourceFailure({ reason: "misconfigured", detail: `${path}: it is not a path` })
    case "NotFound":
      return new SourceFailure({ reason: "unavailable", detail: `${path}: it is not there` })
    default:
      return new SourceFailure({ reason: "unavailable", detail: `${path}: it cannot be read (${_tag})` })
  }
}
