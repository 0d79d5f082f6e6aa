// A record in Redis whose state this version does not know is unreadable, and no dead grant.
//
// Every state but two was taken for `dead`: the death was audited and written into the record, so that a person's grant was
// over because one process ran a later version.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { GrantStore, SharedGrant } from "surety/credential"
import * as RedisGrantStore from "surety/durable/RedisGrantStore"

const payload = JSON.stringify({ accessToken: "access-1", refreshToken: "refresh-1", issuedAtMillis: 0, extra: {} })

for (const record of [
  ["7", "suspended", payload, "", "no"],
  ["7", null, payload, "", "no"],
  ["7", "live", null, "", "no"],
  ["7", "live", payload, "", null]
]) {
  it.effect(
    `${JSON.stringify([record[1], record[4]])} is misconfigured: 0 requests, 0 changes, and the lease goes back`,
    () => {
      const scripts: Array<string> = []
      const redis = Layer.succeed(Redis.Redis, {
        send: () => Effect.never,
        subscribe: () => Effect.never,
        reserve: Effect.never,
        eval: (script) => () => {
          const { lua } = script as { readonly lua: string }
          scripts.push(lua)
          return Effect.succeed((lua.includes("PTTL") ? [1, -2, ...record] : record) as never)
        }
      })
      let sent = 0
      return Effect.gen(function* () {
        const store = yield* GrantStore.GrantStore
        const failures = [yield* Effect.flip(store.read("k")), yield* Effect.flip(store.acquire("k", 1000))]
        assert.deepStrictEqual(
          failures.map(({ reason }) => reason),
          ["unreadable", "unreadable"]
        )
        assert.include(scripts.at(-1), "DEL")
        const source = yield* SharedGrant.source({
          name: "ledger",
          key: "k",
          profile: { name: "strict", graceMillis: 0, rotates: "always" },
          refresh: () => Effect.suspend(() => Effect.die(sent++))
        })
        const failure = yield* Effect.flip(
          source.issue({ because: "start", previous: undefined, rejected: new Set<string>() })
        )
        assert.strictEqual(failure.reason, "misconfigured")
        assert.strictEqual(sent, 0)
        assert.isFalse(scripts.some((lua) => lua.includes("HSET")))
      }).pipe(Effect.provide(RedisGrantStore.layer().pipe(Layer.provide(redis))))
    }
  )
}
