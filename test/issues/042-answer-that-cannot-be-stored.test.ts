// The tokens of a refresh written without types are stored so that they can be read again.
//
// An end that is no number, missing extras or scopes in one text made a record that nobody could read, with the only refresh
// token that was still good in it; a token that was not `Redacted` was never stored at all.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { GrantStore, MemoryGrantStore, SharedGrant, type Tokens } from "surety/credential"

const grant = (name: string): Tokens.Tokens => ({
  accessToken: Redacted.make(`access-${name}`),
  refreshToken: Redacted.make(`refresh-${name}`),
  scopes: ["a"],
  issuedAtMillis: 0,
  expiresAtMillis: 1000,
  extra: {}
})

const answers: Readonly<Record<string, object>> = {
  "an end of NaN": { ...grant("1"), expiresAtMillis: Number.NaN },
  "an end of Infinity": { ...grant("1"), expiresAtMillis: Infinity },
  "an end that is a text": { ...grant("1"), expiresAtMillis: "3600" },
  "an end of null": { ...grant("1"), expiresAtMillis: null },
  "no start": { ...grant("1"), issuedAtMillis: undefined },
  "no extras": { ...grant("1"), extra: undefined },
  "extras of numbers": { ...grant("1"), extra: { a: 1 } },
  "scopes in one text": { ...grant("1"), scopes: "a b" },
  "tokens in plain text": { ...grant("1"), accessToken: "access-1", refreshToken: "refresh-1" }
}

for (const [what, answer] of Object.entries(answers)) {
  it.effect(`A14: after an answer with ${what} the next refresh sends refresh-1`, () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      yield* SharedGrant.adopt({ key: "k", tokens: grant("0"), by: "test" })
      const process = SharedGrant.source({
        name: "ledger",
        key: "k",
        profile: { name: "strict", graceMillis: 0, rotates: "always" },
        refresh: ({ refreshToken }) =>
          Effect.sync(() => {
            sent.push(refreshToken === undefined ? "-" : Redacted.value(refreshToken))
            return sent.length === 1 ? (answer as Tokens.Tokens) : grant("2")
          })
      })
      const ask = (rejected: ReadonlyArray<string>) =>
        Effect.flatMap(process, (source) =>
          source.issue({ because: "rejected", previous: undefined, rejected: new Set(rejected) })
        )
      const version = (serial: number) =>
        Effect.map(SharedGrant.read("k"), (shared) => shared?.version.replace(/\d+$/, String(serial)) ?? "-")
      const issued = yield* ask([yield* version(1)])
      assert.strictEqual(Redacted.value(issued.secret), "access-1")
      const stored = yield* SharedGrant.read("k")
      assert.strictEqual(stored && Redacted.value(stored.tokens.accessToken), "access-1")
      yield* ask([yield* version(1), yield* version(2)])
      assert.deepStrictEqual(sent, ["refresh-0", "refresh-1"])
    }).pipe(Effect.provide(MemoryGrantStore.layer))
  })
}

it.effect("A14: an end that is no number is over, and no end at all is none", () =>
  Effect.gen(function* () {
    const store = yield* GrantStore.GrantStore
    for (const [given, kept] of [
      [Number.NaN, 0],
      [Infinity, undefined],
      [undefined, undefined],
      [5, 5]
    ] as const) {
      yield* SharedGrant.adopt({ key: "k", tokens: { ...grant("0"), expiresAtMillis: given } })
      assert.strictEqual((yield* SharedGrant.read("k"))?.tokens.expiresAtMillis, kept)
    }
    assert.isDefined(yield* store.read("k"))
  }).pipe(Effect.provide(MemoryGrantStore.layer))
)
