import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { MemoryGrantStore, SharedGrant, type Tokens } from "surety/credential"
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
