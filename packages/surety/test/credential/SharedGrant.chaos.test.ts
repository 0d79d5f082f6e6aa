import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Audit, type Event } from "../../src/credential/Audit.ts"
import { GrantStore, GrantStoreFailure } from "../../src/credential/GrantStore.ts"
import type { Issued } from "../../src/credential/Issued.ts"
import * as MemoryGrantStore from "../../src/credential/MemoryGrantStore.ts"
import * as SharedGrant from "../../src/credential/SharedGrant.ts"
import type { ReuseProfile } from "../../src/credential/Tokens.ts"
import { type Fate, TokenServer } from "./TokenServer.ts"

const key = "acme/user-1"
const lifeMillis = 60_000

interface Chaos {
  readonly profile: ReuseProfile
  /** Of 1000 steps, how many kill the process and how many stop it for up to a minute. */
  readonly kills: number
  readonly pauses: number
  /** Of 1000 operations of the store, how many fail, half of them after they were done. */
  readonly storeFaults: number
  readonly fates: ReadonlyArray<Fate>
}

/** 3 processes ask every 1 to 8 s for 10 minutes; then the weather clears, and they ask for 3 more. */
const run = (chaos: Chaos) =>
  Effect.gen(function* () {
    const server = new TokenServer({ graceMillis: chaos.profile.graceMillis, lifeMillis })
    const store = yield* MemoryGrantStore.make
    const events: Array<Event> = []
    const wrong: Array<string> = []
    let isStormy = true
    let diedAfterRequests: number | undefined
    const draw = (of1000: number) => Effect.map(Random.next, (drawn) => isStormy && drawn * 1000 < of1000)

    const faulty =
      <Args extends ReadonlyArray<unknown>, A>(
        operation: GrantStoreFailure["operation"],
        ask: (...args: Args) => Effect.Effect<A, GrantStoreFailure>
      ) =>
      (...args: Args): Effect.Effect<A, GrantStoreFailure> =>
        Effect.gen(function* () {
          const failure = new GrantStoreFailure({ operation, detail: "storm" })
          if (yield* draw(chaos.storeFaults / 2)) return yield* failure
          const done = yield* ask(...args)
          if (yield* draw(chaos.storeFaults / 2)) return yield* failure
          return done
        })
    const stormy: GrantStore = {
      read: faulty("read", store.read),
      acquire: faulty("acquire", store.acquire),
      commit: faulty("commit", (...args) =>
        Effect.tap(store.commit(...args), (done) =>
          Effect.sync(() => {
            if (done === "committed" && args[3].state === "dead") diedAfterRequests ??= server.requests.length
          })
        )
      ),
      release: faulty("release", store.release),
      put: store.put
    }
    const provided = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      effect.pipe(
        Effect.provideService(GrantStore, stormy),
        Effect.provideService(Audit, {
          actor: "p",
          record: (event) => void events.push(event),
          fingerprint: () => "f"
        }),
        Effect.provideService(Scope.Scope, Scope.makeUnsafe())
      )
    const started = Effect.gen(function* () {
      const life = { isKilled: false }
      const source = yield* provided(
        SharedGrant.source({
          name: "user",
          key,
          refresh: (tokens) =>
            Effect.flatMap(Random.nextIntBetween(0, chaos.fates.length, { halfOpen: true }), (index) => {
              server.fates = [isStormy ? (chaos.fates[index] ?? "answer") : "answer"]
              return server.refresh(tokens)
            }),
          profile: chaos.profile,
          onStep: () =>
            Effect.gen(function* () {
              if (yield* draw(chaos.kills)) {
                life.isKilled = true
                return yield* Effect.never
              }
              if (yield* draw(chaos.pauses)) yield* Effect.sleep(yield* Random.nextIntBetween(1000, 60_000))
            })
        })
      )
      return { life, source }
    })
    const good: Array<number> = []
    const process = Effect.gen(function* () {
      let { life, source } = yield* started
      let previous: Issued | undefined
      for (;;) {
        yield* Effect.sleep(yield* Random.nextIntBetween(1000, 8000))
        const asked = source.issue({ because: "advisory", previous, rejected: new Set() })
        const exit = yield* Effect.exit(Effect.timeoutOption(asked, "10 seconds"))
        if (life.isKilled) {
          ;({ life, source } = yield* started)
          previous = undefined
        } else if (Exit.isSuccess(exit) && Option.isSome(exit.value)) {
          previous = exit.value.value
          const now = yield* Clock.currentTimeMillis
          const record = yield* store.read(key)
          const payload = record === undefined ? "" : Redacted.value(record.payload)
          const has = /access-(\d+)/.exec(payload)?.[1] ?? "0"
          const given = /access-(\d+)/.exec(Redacted.value(previous.secret))?.[1] ?? "1"
          if (Number(given) > Number(has)) wrong.push(`gave ${given}, the store has ${has}`)
          if ((previous.expiresAtMillis ?? 0) <= now) wrong.push(`gave ${given} after its end`)
          good.push(now)
        }
      }
    })

    yield* provided(Effect.flatMap(server.login, (tokens) => SharedGrant.adopt({ key, tokens })))
    const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(process))
    yield* TestClock.adjust(0)
    for (let i = 0; i < 7800; i++) {
      if (i === 6000) isStormy = false
      yield* TestClock.adjust("100 millis")
    }
    yield* Effect.forEach(fibers, Fiber.interrupt)

    const record = yield* store.read(key)
    const deaths = events.filter(({ kind }) => kind === "reauthorize").map(({ id }) => id)
    assert.deepStrictEqual(wrong, [])
    if (record?.state === "dead") {
      assert.strictEqual(new Set(deaths).size, 1)
      assert.strictEqual(server.requests.length, diedAfterRequests)
    } else {
      assert.deepStrictEqual(deaths, [])
      assert.isAbove(good.at(-1) ?? 0, 780_000 - lifeMillis - 10_000, "the last good answer")
    }
    const ids = events.filter(({ kind }) => kind === "refreshed").map(({ id }) => id)
    assert.strictEqual(new Set(ids).size, ids.length)
    return { server, isDead: record?.state === "dead" }
  })

const strict: ReuseProfile = { name: "strict", graceMillis: 0, rotates: "always" }
const lenient: ReuseProfile = { name: "lenient", graceMillis: 60_000, rotates: "always" }
const seeds = [0, 1, 2, 3, 4]
const calm: Chaos = { profile: strict, kills: 0, pauses: 0, storeFaults: 0, fates: ["answer"] }

describe("3 processes that share a grant for 13 minutes", () => {
  const each = (
    name: string,
    chaos: Chaos,
    then: (end: { readonly server: TokenServer; readonly isDead: boolean }) => void
  ) =>
    it.effect(
      name,
      () =>
        Effect.gen(function* () {
          for (const seed of seeds) {
            // a clock of its own for each seed
            yield* Effect.map(Random.withSeed(run(chaos), `${name} ${seed}`), then).pipe(
              Effect.provide(TestClock.layer(), { local: true }),
              Effect.catchDefect((defect) => Effect.die(new Error(`seed ${seed}: ${String(defect)}`)))
            )
          }
        }),
      60_000
    )

  each("A15: undisturbed, no grace, 5 seeds: 0 tokens sent twice", calm, ({ isDead, server }) => {
    assert.isFalse(isDead)
    assert.strictEqual(server.requests.length, server.rotations)
  })

  each(
    "a server and a store that fail before they act, no grace, 5 seeds: no grant dies, 0 tokens are spent twice",
    { ...calm, storeFaults: 20, fates: ["answer", "unreachable", "busy", "not-arrived"] },
    ({ isDead, server }) => {
      assert.isFalse(isDead)
      assert.strictEqual(server.reuses, 0)
    }
  )

  each(
    "A17: kills, lost answers and store faults, grace 60 s, 5 seeds: 0 tokens are sent after their grace, no grant dies",
    { ...calm, profile: lenient, kills: 10, storeFaults: 20, fates: ["answer", "answer", "lose", "busy"] },
    ({ isDead, server }) => {
      assert.strictEqual(server.reuses, 0)
      assert.isFalse(isDead)
    }
  )

  each(
    "A16: kills, pauses, lost answers and store faults, no grace, 5 seeds: each grant lives, or died once with 1 event id",
    { ...calm, kills: 5, pauses: 5, storeFaults: 20, fates: ["answer", "answer", "answer", "lose", "never", "busy"] },
    ({ isDead, server }) => assert.isTrue(isDead || server.reuses === 0)
  )
})
