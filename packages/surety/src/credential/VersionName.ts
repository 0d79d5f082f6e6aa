/**
 * Names the versions of a secret that has no name of its own: a digest under a random key that never leaves the
 * process, so that the same text has the same name and nobody can test a guess against it.
 *
 * Neighbours: `FileSource` and `ConfigSource` name what they read with it. A secret store has versions already, and
 * `StaticSource` counts.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"

/**
 * @category models
 * @since 0.1.0
 */
export type VersionName = (secret: string) => Effect.Effect<string>

/**
 * **Details**   16 hexadecimal characters of HMAC-SHA-256. Each call makes another key, which is made on first use and
 * cannot be read back.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): VersionName => {
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined
  return (secret) =>
    Effect.promise(async () => {
      key ??= crypto.subtle.importKey("raw", crypto.getRandomValues(new Uint8Array(32)), hmac, false, ["sign"])
      const tag = await crypto.subtle.sign("HMAC", await key, new TextEncoder().encode(secret))
      return Hex.encode(new Uint8Array(tag, 0, 8))
    })
}

const hmac = { name: "HMAC", hash: "SHA-256" }
