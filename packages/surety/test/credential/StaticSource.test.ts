import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import * as StaticSource from "../../src/credential/StaticSource.ts"
import * as VersionPair from "../../src/credential/VersionPair.ts"
import { ask, assertSilent, marker, refused } from "./Silence.ts"

const secret = (text: string) => Redacted.make(text)
const given = (source: StaticSource.StaticSource, rejected?: ReadonlyArray<string>) =>
  Effect.map(
    source.issue(rejected === undefined ? ask() : ask({ rejected })),
    (issued) => `${issued.version} ${Redacted.value(issued.secret)}`
  )

describe("StaticSource", () => {
  it.effect("gives the current version, and the previous one only when the current is refused and it is not", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: secret("new"), previous: secret("old") })
      const table: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
        [[], "2 new"],
        [["1"], "2 new"],
        [["2"], "1 old"],
        [["1", "2"], "2 new"]
      ]
      for (const [rejected, expected] of table) assert.strictEqual(yield* given(source, rejected), expected)
    })
  )

  it.effect("B1: after 2 replacements both newest versions are there, and the oldest is forgotten", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: secret("one") })
      yield* source.replace(secret("two"))
      yield* source.replace(secret("three"))
      assert.strictEqual(yield* given(source), "3 three")
      assert.strictEqual(yield* given(source, ["3"]), "2 two")
      assert.strictEqual(yield* given(source, ["3", "2"]), "3 three")
    })
  )

  it.effect("changes nothing when the new secret is the current one, or cannot be one", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: secret("one") })
      yield* source.replace(secret("one"))
      const failure = yield* Effect.flip(source.replace(secret(`${marker}\n`)))
      assertSilent(failure)
      assert.strictEqual(
        failure.message,
        "The credential source failed (misconfigured): the new secret: " +
          "the secret ends in a line break (was it read from a mounted file?)"
      )
      assert.strictEqual(yield* given(source), "1 one")
      assert.strictEqual(yield* given(source, ["1"]), "1 one")
    })
  )

  it.effect("says when it was asked, when it ends, what it may do, and to look again after 5 s", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000)
      const source = StaticSource.make({
        current: secret("one"),
        scopes: ["charges:write"],
        expiresAt: DateTime.makeUnsafe(90_000)
      })
      const { secret: _, ...known } = yield* source.issue(ask())
      assert.deepStrictEqual(known, {
        version: "1",
        scopes: ["charges:write"],
        expiresAtMillis: 90_000,
        issuedAtMillis: 1_000,
        recheckAfterMillis: 5_000
      })
      yield* source.replace(secret("two"), { expiresAt: DateTime.makeUnsafe(180_000) })
      assert.strictEqual((yield* source.issue(ask())).expiresAtMillis, 180_000)
      assert.strictEqual((yield* source.issue(ask({ rejected: ["2"] }))).expiresAtMillis, 90_000)
    })
  )

  it.effect("is misconfigured from the start when either version cannot be a secret, and does not quote it", () =>
    Effect.gen(function* () {
      const table: ReadonlyArray<readonly [StaticSource.Options, string]> = [
        [{ current: secret("") }, "misconfigured: the current secret: the secret is empty"],
        [
          { current: secret(`${marker}é`) },
          "misconfigured: the current secret: the secret has characters that no header may carry"
        ],
        [{ current: secret("one"), previous: secret("") }, "misconfigured: the previous secret: the secret is empty"],
        [
          { current: secret(marker), defectOf: () => "it must begin with sk_" },
          "misconfigured: the current secret: it must begin with sk_"
        ]
      ]
      for (const [options, expected] of table) {
        assert.strictEqual(yield* refused(StaticSource.make(options)), expected)
      }
    })
  )

  it.effect("B9: what it gave can be wiped, and the next ask is still answered", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: secret("one") })
      Redacted.wipeUnsafe((yield* source.issue(ask())).secret)
      assert.strictEqual(yield* given(source), "1 one")
    })
  )

  it.effect("B9: a previous secret that its owner wiped is there no more, and a current one is misconfigured", () =>
    Effect.gen(function* () {
      const [old, now] = [secret("old"), secret("new")]
      const source = StaticSource.make({ current: now, previous: old })
      Redacted.wipeUnsafe(old)
      assert.strictEqual(yield* given(source, ["2"]), "2 new")
      Redacted.wipeUnsafe(now)
      const why = "the secret is not a text (was it set, or wiped?)"
      assert.strictEqual(yield* refused(source), `misconfigured: the current secret: ${why}`)
      yield* source.replace(secret("newest"))
      assert.strictEqual(yield* given(source), "3 newest")
    })
  )

  it.effect("B12: neither it nor what it gives shows a secret", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: secret(marker), previous: secret(`${marker}-old`) })
      const issued = yield* source.issue(ask())
      for (const shown of [source, issued]) {
        assert.notInclude(JSON.stringify(shown), marker)
        assert.notInclude(inspect(shown, { depth: 20, showHidden: true, customInspect: false }), marker)
      }
    })
  )
})

describe("VersionPair", () => {
  it.effect("does not read the previous version unless the current one was refused: 0 reads, then 1", () =>
    Effect.gen(function* () {
      let reads = 0
      const pair: VersionPair.VersionPair = {
        current: Effect.succeed({ secret: secret("new"), version: "b" }),
        previous: Effect.sync(() => {
          reads++
          return { secret: secret("old"), version: "a" }
        })
      }
      yield* VersionPair.issue(pair, ask({ rejected: ["a"] }), undefined)
      assert.strictEqual(reads, 0)
      const issued = yield* VersionPair.issue(pair, ask({ rejected: ["b"] }), undefined)
      assert.deepStrictEqual([reads, issued.version], [1, "a"])
    })
  )
})
