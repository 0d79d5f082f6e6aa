import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import { SourceFailure } from "../../src/credential/Source.ts"
import { ask, marker, refused } from "./Silence.ts"

const storeOf = (
  versions: Partial<Record<"current" | "previous", SecretStore.Secret>>
): SecretStore.SecretStore & { readonly reads: ReadonlyArray<string> } => {
  const reads: Array<string> = []
  return {
    name: "test-store",
    reads,
    read: (name, which) => {
      reads.push(`${name} ${which}`)
      return Effect.succeed(versions[which])
    }
  }
}

const version = (text: string, name: string): SecretStore.Secret => ({ secret: Redacted.make(text), version: name })

describe("SecretStore.source", () => {
  it.effect("reads the current version once, and the previous one only when the current is refused", () =>
    Effect.gen(function* () {
      const store = storeOf({ current: version("new", "8"), previous: version("old", "7") })
      const source = SecretStore.source(store, "shop/key", { scopes: ["a"] })
      const current = yield* source.issue(ask())
      assert.deepStrictEqual(store.reads, ["shop/key current"])
      assert.deepStrictEqual(
        [current.version, Redacted.value(current.secret), current.scopes, current.recheckAfterMillis],
        ["8", "new", ["a"], 300_000]
      )
      const previous = yield* source.issue(ask({ rejected: ["8"] }))
      assert.deepStrictEqual(store.reads, ["shop/key current", "shop/key current", "shop/key previous"])
      assert.deepStrictEqual([previous.version, Redacted.value(previous.secret)], ["7", "old"])
      assert.strictEqual((yield* source.issue(ask({ rejected: ["7", "8"] }))).version, "8")
    })
  )

  it.effect("keeps the store's expiry", () =>
    Effect.gen(function* () {
      const store = storeOf({ current: { ...version("k", "1"), expiresAtMillis: 86_400_000 } })
      const issued = yield* SecretStore.source(store, "k", { recheckEvery: "1 minute" }).issue(ask())
      assert.deepStrictEqual([issued.expiresAtMillis, issued.recheckAfterMillis], [86_400_000, 60_000])
    })
  )

  it.effect("says which of 7 things is wrong with what is stored, and quotes none of it", () =>
    Effect.gen(function* () {
      const where = "misconfigured: test-store: shop/key, version 1"
      const table: ReadonlyArray<readonly [string | undefined, SecretStore.Options, string]> = [
        [undefined, {}, "misconfigured: test-store: there is no shop/key"],
        ["", {}, `${where}: the secret is empty`],
        [`${marker}\n`, {}, `${where}: the secret ends in a line break (was it read from a mounted file?)`],
        [marker, { field: "key" }, `${where}: it is not JSON`],
        [`{"other":"${marker}"}`, { field: "key" }, `${where}: it has no text in the field "key"`],
        [`{"key":{"a":"${marker}"}}`, { field: "key" }, `${where}: it has no text in the field "key"`],
        [`{}`, { field: "constructor" }, `${where}: it has no text in the field "constructor"`]
      ]
      for (const [text, options, expected] of table) {
        const store = storeOf(text === undefined ? {} : { current: version(text, "1") })
        assert.strictEqual(yield* refused(SecretStore.source(store, "shop/key", options)), expected)
      }
    })
  )

  it.effect("B10: passes on that the store is down, with the wait that it asked for", () =>
    Effect.gen(function* () {
      const down = new SourceFailure({ reason: "unavailable", detail: "test-store: HTTP 503", retryAfterMillis: 2_000 })
      const source = SecretStore.source({ name: "test-store", read: () => Effect.fail(down) }, "shop/key")
      const failure = yield* Effect.flip(source.issue(ask()))
      assert.deepStrictEqual([failure.reason, failure.retryAfterMillis], ["unavailable", 2_000])
    })
  )
})
