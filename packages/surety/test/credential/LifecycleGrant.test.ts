import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Layer from "effect/Layer"
import { Lifecycle, MemoryGrantStore, SharedGrant, Source, type Tokens } from "surety/credential"
import { accepting, Keyed } from "../http/Keyed.ts"
import { kinds, make, sent, settle, watched } from "./LifecycleRig.ts"

const hour = 3_600_000

describe("two lifecycles over one shared grant", () => {
  it.effect("A15: meet the expiry with 25 fibers each: 1 refresh, told of once, and 50 calls with the new token", () =>
    watched((seen) =>
      Effect.gen(function* () {
        let refreshes = 0
        const tokens = (n: number, now: number): Tokens.Tokens => ({
          accessToken: Redacted.make(`access-${n}`),
          refreshToken: Redacted.make(`refresh-${n}`),
          scopes: undefined,
          issuedAtMillis: now,
          expiresAtMillis: now + hour,
          extra: {}
        })
        yield* SharedGrant.adopt({ key: "acme", tokens: tokens(0, 0) })
        const source = SharedGrant.source({
          name: "acme",
          key: "acme",
          profile: { name: "strict", graceMillis: 0, rotates: "always" },
          refresh: () =>
            Effect.flatMap(Effect.delay(Clock.currentTimeMillis, "1 second"), (now) =>
              Effect.sync(() => tokens(++refreshes, now))
            )
        })
        const one = yield* make(yield* source)
        const other = yield* make(yield* source)
        assert.deepStrictEqual([yield* sent(one), yield* sent(other)], ["access-0", "access-0"])
        yield* TestClock.adjust(hour - 30_000)
        const fibers = yield* Effect.forEach(Array(50).fill(0), (_, i) =>
          Effect.forkChild(sent(i % 2 === 0 ? one : other))
        )
        for (let i = 0; i < 30; i++) {
          yield* settle
          yield* TestClock.adjust("100 millis")
        }
        const secrets = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
        assert.deepStrictEqual(secrets, Array(50).fill("access-1"))
        assert.strictEqual(refreshes, 1)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "refreshed").length, 1)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "granted").length, 4)
        assert.deepStrictEqual(seen.logs, [])
      })
    ).pipe(Effect.provide(MemoryGrantStore.layer))
  )
})

describe("a grant behind a provider's layer", () => {
  const refused: Tokens.RefreshFailed = {
    _tag: "RefreshFailed",
    outcome: "refused",
    failure: new Source.SourceFailure({ reason: "reauthorize", detail: "invalid_grant" })
  }
  const source = SharedGrant.source({
    name: "oauth:shop",
    key: "shop/17",
    profile: { name: "strict", graceMillis: 0, rotates: "always" },
    refresh: () => Effect.fail(refused)
  })
  const provided = Keyed.layer.pipe(
    Layer.provide(Layer.merge(accepting(() => "none").layer, Lifecycle.layer(Keyed, source)))
  )

  it.effect(
    "A16: its death is 1 event among those of its credential, and what a person reads names provider and grant",
    () =>
      watched((seen) =>
        Effect.gen(function* () {
          yield* SharedGrant.adopt({
            key: "shop/17",
            provider: "tests/Keyed",
            name: "key",
            tokens: {
              accessToken: Redacted.make("access-0"),
              refreshToken: Redacted.make("refresh-0"),
              scopes: undefined,
              issuedAtMillis: 0,
              expiresAtMillis: 1000,
              extra: {}
            }
          })
          yield* TestClock.adjust("2 seconds")
          const failed = yield* Effect.flip(Effect.provide(Keyed, provided))
          assert.strictEqual(
            failed.message,
            'tests/Keyed: Credential "key" is not available: source "oauth:shop" needs a person (grant "shop/17": it has ended; a person has to give a new one); it is asked again in 30 s'
          )
          assert.deepStrictEqual(
            seen.events.map(({ credential, kind, provider }) => `${provider} ${credential} ${kind}`),
            [
              "tests/Keyed key administered",
              "tests/Keyed key requested",
              "tests/Keyed key reauthorize",
              "tests/Keyed key denied"
            ]
          )
        })
      ).pipe(Effect.provide(MemoryGrantStore.layer))
  )

  it.effect("a grant that nobody has put into the store says so, and is not called dead", () =>
    watched(() =>
      Effect.gen(function* () {
        const failed = yield* Effect.flip(Effect.provide(Keyed, provided))
        assert.include(failed.message, 'needs a person (grant "shop/17": nobody has put one into the store)')
      })
    ).pipe(Effect.provide(MemoryGrantStore.layer))
  )
})
