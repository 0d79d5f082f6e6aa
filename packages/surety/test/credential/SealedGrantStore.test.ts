import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { type GrantRecord, GrantStore, type GrantStoreFailure } from "../../src/credential/GrantStore.ts"
import * as MemoryGrantStore from "../../src/credential/MemoryGrantStore.ts"
import * as SealedGrantStore from "../../src/credential/SealedGrantStore.ts"
import * as GrantStoreSuite from "../../src/testing/GrantStoreSuite.ts"

const keyOf = (id: string, byte: number): SealedGrantStore.SealKey => ({
  id,
  key: Redacted.make(Buffer.alloc(32, byte).toString("base64"))
})
const one = keyOf("k1", 1)
const two = keyOf("k2", 2)

let runs = 0

describe("a sealed grant store", () => {
  const memory = SealedGrantStore.layer(one).pipe(Layer.provide(MemoryGrantStore.layer))
  for (const { check, name } of GrantStoreSuite.suite(memory, "nothing")) {
    it.live(name, () => check(`grant/${runs++}`))
  }

  /** One store, seen plainly and through seals. */
  const opened = Effect.gen(function* () {
    const plain = yield* MemoryGrantStore.make
    const through = (...keys: readonly [SealedGrantStore.SealKey, ...Array<SealedGrantStore.SealKey>]) =>
      Effect.provide(GrantStore, SealedGrantStore.layer(...keys).pipe(Layer.provide(Layer.succeed(GrantStore, plain))))
    return { plain, through }
  })
  const payloadOf = (record: GrantRecord | undefined): string | undefined =>
    record === undefined ? undefined : Redacted.value(record.payload)
  const live = (version: number, payload: string): GrantRecord => ({
    version,
    state: "live",
    payload: Redacted.make(payload),
    refreshStartedAtMillis: undefined,
    announced: "no"
  })
  const secret = "canary-refresh-token"

  it.effect("the store sees 0 characters of the payload, and the same payload is sealed differently each time", () =>
    Effect.gen(function* () {
      const { plain, through } = yield* opened
      const sealed = yield* through(one)
      yield* sealed.put("a", Redacted.make(secret))
      const first = payloadOf(yield* plain.read("a"))
      yield* sealed.put("a", Redacted.make(secret))
      const second = payloadOf(yield* plain.read("a"))
      assert.match(first ?? "", /^s1\.k1\.p\.[\w-]{16}\.[\w-]+$/)
      assert.notInclude(first ?? "", secret)
      assert.notInclude(first ?? "", Buffer.from(secret).toString("base64").slice(0, 12))
      assert.notStrictEqual(first, second)
      assert.strictEqual(payloadOf(yield* sealed.read("a")), secret)
    })
  )

  it.effect("seals with the first of 2 keys and opens with both, so that a key is changed without a pause", () =>
    Effect.gen(function* () {
      const { plain, through } = yield* opened
      const before = yield* through(one)
      const during = yield* through(two, one)
      const after = yield* through(two)
      yield* before.put("a", Redacted.make(secret))
      assert.strictEqual(payloadOf(yield* during.read("a")), secret)
      const failure = yield* Effect.flip(after.read("a"))
      assert.strictEqual(
        failure.message,
        "The grant store failed at read: the payload was sealed with none of the 1 keys given"
      )
      const got = yield* during.acquire("a", 1000)
      assert.strictEqual(got._tag, "Acquired")
      if (got._tag !== "Acquired") return
      assert.strictEqual(yield* during.commit("a", got.fence, 1, live(2, secret)), "committed")
      assert.match(payloadOf(yield* plain.read("a")) ?? "", /^s1\.k2\.v\./)
      assert.strictEqual(payloadOf(yield* after.read("a")), secret)
    })
  )

  it.effect(
    "a payload that was moved to another grant or version, cut, changed or never sealed does not open: 7 of 7",
    () =>
      Effect.gen(function* () {
        const { plain, through } = yield* opened
        const sealed = yield* through(one, two)
        const commit = (key: string, record: GrantRecord) =>
          Effect.gen(function* () {
            const got = yield* plain.acquire(key, 1000)
            if (got._tag !== "Acquired") return assert.fail("held")
            yield* plain.commit(key, got.fence, got.record?.version ?? 0, record)
            yield* plain.release(key, got.fence)
          })
        const fresh = yield* sealed.acquire("a", 1000)
        if (fresh._tag !== "Acquired") return assert.fail("held")
        yield* sealed.commit("a", fresh.fence, 0, live(1, secret))
        yield* sealed.release("a", fresh.fence)
        const good = payloadOf(yield* plain.read("a")) ?? ""
        yield* sealed.put("b", Redacted.make(secret))
        const put = payloadOf(yield* plain.read("b")) ?? ""
        const cases: ReadonlyArray<readonly [string, string, GrantRecord]> = [
          ["other grant", "c", live(1, good)],
          ["other grant, put", "c", live(2, put)],
          ["other version", "a", live(2, good)],
          ["said to be put", "a", live(3, good.replace(".v.", ".p."))],
          ["cut", "a", live(1, good.slice(0, -6))],
          ["other key's name", "a", live(1, good.replace("s1.k1.", "s1.k2."))],
          ["never sealed", "a", live(1, secret)]
        ]
        for (const [name, key, record] of cases) {
          yield* commit(key, record)
          const read = yield* Effect.flip(sealed.read(key))
          const acquired: GrantStoreFailure = yield* Effect.flip(sealed.acquire(key, 60_000))
          for (const failure of [read, acquired]) {
            assert.strictEqual(failure._tag, "GrantStoreFailure", name)
            assert.strictEqual(failure.reason, "unreadable", name)
            assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), secret, name)
            assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), good.slice(-20), name)
          }
        }
        // none of the 7 failed questions kept the lease
        assert.strictEqual((yield* plain.acquire("a", 1000))._tag, "Acquired")
        assert.strictEqual((yield* plain.acquire("c", 1000))._tag, "Acquired")
        // where it belongs, it opens
        yield* plain.put("a", Redacted.make(""))
        yield* commit("a", live(1, good))
        assert.strictEqual(payloadOf(yield* sealed.read("a")), secret)
      })
  )

  it("refuses a key of 31 bytes, one that is no base64, an id with a dot and an id that is taken, and quotes no key", () => {
    const short = Buffer.alloc(31, 7).toString("base64")
    assert.throws(
      () => SealedGrantStore.layer({ id: "k1", key: Redacted.make(short) }),
      "must be 32 bytes in base64, and has 31"
    )
    assert.throws(() => SealedGrantStore.layer({ id: "k1", key: Redacted.make("!!") }), "and has 0")
    assert.throws(() => SealedGrantStore.layer({ ...one, id: "a.b" }), "a key's id is 1 to 32 letters")
    assert.throws(() => SealedGrantStore.layer(one, { ...two, id: "k1" }), "two keys have the same id")
  })
})
