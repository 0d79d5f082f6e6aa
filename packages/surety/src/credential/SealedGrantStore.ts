/**
 * A grant store whose payloads are sealed before they leave the process, so that who reads the store, its backups or its
 * traffic reads no token.
 *
 * Sealed with AES-256-GCM of `effect/crypto`, under a random nonce, bound to the grant's key and the record's version: a
 * payload that somebody moves to another record does not open.
 *
 * Neighbours: wraps the `GrantStore` of the context (memory, Redis, SQL); `SharedGrant` does not notice.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Aead from "effect/crypto/Aead"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import { type GrantRecord, GrantStore, GrantStoreFailure } from "./GrantStore.ts"

/**
 * **Details**   `id`: written beside what the key sealed, 1 to 32 letters, digits, `-` and `_`; never use it for another
 * key. `key`: 32 random bytes in base64 (`openssl rand -base64 32`).
 *
 * @category models
 * @since 0.1.0
 */
export interface SealKey {
  readonly id: string
  readonly key: Redacted.Redacted<string>
}

/**
 * Seals with the first key, opens with any of them.
 *
 * **Details**   To change the key: give every process the new one as the second, then as the first, and take the old one
 * away when each grant was refreshed once; each commit seals anew.
 *
 * **Failures**   A payload that does not open, or is not sealed, is a `GrantStoreFailure` with the reason `unreadable` that
 * quotes nothing. A key that is not 32 bytes in base64, or an id that is taken, throws when the layer is declared.
 *
 * **Gotchas**   The payload of a person's new grant (`put`) is bound to the key of the grant only: its version is not known
 * before the store has it. Random nonces are good for 2^32 commits under one key. Who can write to the store can still
 * put an old record back as a whole.
 *
 * **Example** (Before a store in memory; Redis and SQL go the same way)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer, Redacted } from "effect"
 * import { GrantStore, MemoryGrantStore, SealedGrantStore } from "surety/credential"
 *
 * const key = Redacted.make(btoa("x".repeat(32)))
 * const sealed = SealedGrantStore.layer({ id: "2026-11", key }).pipe(Layer.provideMerge(MemoryGrantStore.layer))
 * const program = Effect.gen(function* () {
 *   const store = yield* GrantStore.GrantStore
 *   yield* store.put("ledger/acme", Redacted.make("tokens"))
 *   return Redacted.value((yield* store.read("ledger/acme"))!.payload)
 * })
 *
 * await Effect.runPromise(Effect.provide(program, sealed)) // => "tokens"
 * ```
 *
 * @source NIST SP 800-38D, section 8.3: at most 2^32 random 96-bit nonces under one key
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  first: SealKey,
  ...others: ReadonlyArray<SealKey>
): Layer.Layer<GrantStore, never, GrantStore> => {
  const keys = [first, ...others].map(({ id, key }) => ({ id, bytes: bytesOf(id, key) }))
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) {
    throw new RangeError("SealedGrantStore: two keys have the same id")
  }
  return Layer.effect(
    GrantStore,
    Effect.gen(function* () {
      const store = yield* GrantStore
      const sealKeys = new Map<string, Aead.Key<Aead.AesGcm>>()
      for (const { bytes, id } of keys) sealKeys.set(id, yield* Effect.orDie(Aead.key(Aead.aes256Gcm, bytes)))
      return wrap(store, {
        aead: yield* Aead.Aead,
        random: yield* SecureRandom.SecureRandom,
        id: first.id,
        keys: sealKeys
      })
    })
  ).pipe(Layer.provide(Layer.provideMerge(Aead.layerWebCrypto, SecureRandom.layerWebCrypto)))
}

interface Seal {
  readonly aead: Aead.Aead["Service"]
  readonly random: SecureRandom.SecureRandom["Service"]
  readonly id: string
  readonly keys: ReadonlyMap<string, Aead.Key<Aead.AesGcm>>
}

type Operation = GrantStoreFailure["operation"]
/** What a payload is bound to besides its grant: the version of its record, or nothing. */
type Place = number | "put"

const wrap = (store: GrantStore, seal: Seal): GrantStore => {
  const openRecord = (
    operation: Operation,
    key: string,
    record: GrantRecord | undefined
  ): Effect.Effect<GrantRecord | undefined, GrantStoreFailure> =>
    record === undefined
      ? Effect.undefined
      : Effect.map(open(seal, operation, key, record), (payload): GrantRecord => ({ ...record, payload }))
  return {
    read: (key) => Effect.flatMap(store.read(key), (record) => openRecord("read", key, record)),
    acquire: (key, leaseMillis) =>
      Effect.flatMap(store.acquire(key, leaseMillis), (got) =>
        openRecord("acquire", key, got.record).pipe(
          Effect.map((record) => ({ ...got, record })),
          // a lease that nobody can use keeps everybody waiting
          Effect.tapError(() => (got._tag === "Held" ? Effect.void : Effect.ignore(store.release(key, got.fence))))
        )
      ),
    commit: (key, fence, expected, next) =>
      Effect.flatMap(close(seal, "commit", key, next.version, next.payload), (payload) =>
        store.commit(key, fence, expected, { ...next, payload })
      ),
    release: store.release,
    put: (key, payload) => Effect.flatMap(close(seal, "put", key, "put", payload), (sealed) => store.put(key, sealed))
  }
}

/** `s1.<key id>.<v: bound to the version, p: put>.<nonce>.<ciphertext and tag>` */
const close = (seal: Seal, operation: Operation, grant: string, place: Place, payload: Redacted.Redacted<string>) =>
  Effect.gen(function* () {
    const key = seal.keys.get(seal.id)
    if (key === undefined) return yield* unreadable(operation, "there is no key to seal with")
    const nonce = yield* seal.random.randomBytes(12)
    const text = new TextEncoder().encode(Redacted.value(payload))
    const sealed = yield* Effect.mapError(
      seal.aead.encrypt(key, text, { nonce, aad: boundTo(seal.id, grant, place) }),
      () => new GrantStoreFailure({ operation, detail: "the payload could not be sealed" })
    )
    const mode = place === "put" ? "p" : "v"
    return Redacted.make(["s1", seal.id, mode, Base64Url.encode(nonce), Base64Url.encode(sealed)].join("."))
  })

const open = (seal: Seal, operation: Operation, grant: string, { payload, version }: GrantRecord) =>
  Effect.gen(function* () {
    const [format, id = "", mode, nonce = "", sealed = "", ...more] = Redacted.value(payload).split(".")
    if (format !== "s1" || more.length > 0) return yield* unreadable(operation, "the payload is not sealed")
    const key = seal.keys.get(id)
    if (key === undefined) {
      return yield* unreadable(operation, `the payload was sealed with none of the ${seal.keys.size} keys given`)
    }
    const bytes = Result.all([Base64Url.decode(nonce), Base64Url.decode(sealed)])
    if (Result.isFailure(bytes)) return yield* unreadable(operation, "the sealed payload is damaged")
    const [iv, ciphertext] = bytes.success
    const text = yield* Effect.catch(
      seal.aead.decrypt(key, ciphertext, { nonce: iv, aad: boundTo(id, grant, mode === "p" ? "put" : version) }),
      () => unreadable(operation, "the payload does not open: it is damaged, or of another record or key")
    )
    return Redacted.make(new TextDecoder().decode(text))
  })

const boundTo = (id: string, grant: string, place: Place): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(["surety/grant/1", id, grant, place]))

const unreadable = (operation: Operation, detail: string): GrantStoreFailure =>
  new GrantStoreFailure({ operation, detail, reason: "unreadable" })

const bytesOf = (id: string, key: Redacted.Redacted<string>): Uint8Array => {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    throw new RangeError("SealedGrantStore: a key's id is 1 to 32 letters, digits, - and _")
  }
  const bytes = Result.getOrElse(Base64.decode(Redacted.value(key)), () => new Uint8Array(0))
  if (bytes.length !== 32) {
    throw new RangeError(`SealedGrantStore: the key ${id} must be 32 bytes in base64, and has ${bytes.length}`)
  }
  return bytes
}
