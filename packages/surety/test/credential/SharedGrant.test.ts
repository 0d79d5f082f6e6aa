import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Audit, type Event } from "../../src/credential/Audit.ts"
import { GrantStore, GrantStoreFailure } from "../../src/credential/GrantStore.ts"
import type { Issued } from "../../src/credential/Issued.ts"
import * as MemoryGrantStore from "../../src/credential/MemoryGrantStore.ts"
import * as SharedGrant from "../../src/credential/SharedGrant.ts"
import type { Ask, Source, SourceFailure } from "../../src/credential/Source.ts"
import type { ReuseProfile } from "../../src/credential/Tokens.ts"
import { TokenServer } from "./TokenServer.ts"

const key = "acme/user-1"
const strict: ReuseProfile = { name: "strict", graceMillis: 0, rotates: "always" }
const lenient: ReuseProfile = { name: "lenient", graceMillis: 40_000, rotates: "always" }
const moments = ["acquired", "marked", "sent", "answered", "committed", "released"] as const
type Moment = (typeof moments)[number]

/** A server, a store that can be taken down, a trail, and as many processes as wanted. */
const world = (options: { readonly profile?: ReuseProfile; readonly lifeMillis?: number } = {}) =>
  Effect.gen(function* () {
    const profile = options.profile ?? strict
    const server = new TokenServer({
      graceMillis: profile.graceMillis,
      ...(options.lifeMillis === undefined ? {} : { lifeMillis: options.lifeMillis })
    })
    const store = yield* MemoryGrantStore.make
    const events: Array<Event> = []
    const down = new Set<GrantStoreFailure["operation"]>()
    const guard =
      <Args extends ReadonlyArray<unknown>, A>(
        operation: GrantStoreFailure["operation"],
        run: (...args: Args) => Effect.Effect<A, GrantStoreFailure>
      ) =>
      (...args: Args): Effect.Effect<A, GrantStoreFailure> =>
        Effect.suspend(() =>
          down.has(operation) ? Effect.fail(new GrantStoreFailure({ operation, detail: "down" })) : run(...args)
        )
    const guarded: GrantStore = {
      read: guard("read", store.read),
      acquire: guard("acquire", store.acquire),
      commit: guard("commit", store.commit),
      release: guard("release", store.release),
      put: guard("put", store.put)
    }
    const provided = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      effect.pipe(
        Effect.provideService(GrantStore, guarded),
        Effect.provideService(Audit, { actor: "p", record: (event) => void events.push(event), fingerprint: () => "f" })
      )
    // a scope of its own: closing the test's would wait for processes that were killed
    const process = (more: Partial<SharedGrant.Options> = {}, scope: Scope.Scope = Scope.makeUnsafe()) =>
      provided(
        SharedGrant.source({
          name: "user",
          key,
          refresh: server.refresh,
          profile,
          leaseFor: "30 seconds",
          refreshTimeout: "8 seconds",
          ...more
        })
      ).pipe(Effect.provideService(Scope.Scope, scope))
    const login = Effect.flatMap(server.login, (tokens) => provided(SharedGrant.adopt({ key, tokens })))
    const audited = (kind: Event["kind"]) => events.filter((event) => event.kind === kind)
    yield* login
    return { server, store, events, down, process, login, audited, provided }
  })

const start: Ask = { because: "start", previous: undefined, rejected: new Set() }
const next = (previous: Issued | undefined, because: Ask["because"] = "advisory"): Ask => ({
  because,
  previous,
  rejected: new Set(because === "rejected" && previous !== undefined ? [previous.version] : [])
})
const tokenOf = (issued: Issued): string => Redacted.value(issued.secret)

/** Runs it while the clock goes on in steps of 10 ms, for `maxMillis` at most. */
const within = <A, E>(maxMillis: number, effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(0)
    for (let passed = 0; fiber.pollUnsafe() === undefined && passed < maxMillis; passed += 10) {
      yield* TestClock.adjust("10 millis")
    }
    if (fiber.pollUnsafe() === undefined) {
      yield* Fiber.interrupt(fiber)
      return assert.fail(`not done in ${maxMillis} ms`)
    }
    return yield* Fiber.join(fiber)
  })
const failureWithin = (maxMillis: number, effect: Effect.Effect<Issued, SourceFailure>) =>
  within(maxMillis, Effect.flip(effect))

/** A process that is killed at a step: it does nothing more. */
const killedAt = (moment: Moment) => ({
  onStep: (now: Moment): Effect.Effect<void> => (now === moment ? Effect.never : Effect.void)
})
/** Asks and lets the process go wherever it gets in 1 s. */
const ask1s = (source: Source, ask: Ask) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(source.issue(ask)))
    for (let i = 0; i < 100; i++) yield* TestClock.adjust("10 millis")
    yield* Fiber.interrupt(fiber)
  })

describe("a shared grant that is refreshed", () => {
  it.effect(
    "A15: 4 processes × 50 fibers × 5 expiries: the server sees 5 refreshes, and all 200 fibers get each new token",
    () =>
      Effect.gen(function* () {
        const { audited, process, server } = yield* world({ lifeMillis: 60_000 })
        const sources = yield* Effect.all([process(), process(), process(), process()])
        let held = yield* within(100, sources[0].issue(start))
        for (let round = 1; round <= 5; round++) {
          yield* TestClock.adjust("56 seconds")
          const all = yield* within(
            5000,
            Effect.forEach(
              sources.flatMap((source) => Array.from({ length: 50 }, () => source)),
              (source) => source.issue(next(held, "mandatory")),
              { concurrency: "unbounded" }
            )
          )
          assert.strictEqual(server.requests.length, round)
          assert.deepStrictEqual([...new Set(all.map(tokenOf))], [`access-${round + 1}`])
          assert.strictEqual(new Set(all.map(({ version }) => version)).size, 1)
          assert.notStrictEqual(all[0]?.version, held.version)
          held = all[0] ?? held
        }
        assert.strictEqual(server.reuses, 0)
        assert.strictEqual(audited("refreshed").length, 5)
        assert.strictEqual(new Set(audited("refreshed").map(({ id }) => id)).size, 5)
        assert.deepStrictEqual(
          audited("refreshed").map(({ version }) => version?.split(".")[1]),
          ["2", "3", "4", "5", "6"]
        )
      })
  )

  it.effect("gives a token that is there without a lease or a request, also to a process that starts later", () =>
    Effect.gen(function* () {
      const { down, process, server } = yield* world()
      down.add("acquire")
      const one = yield* within(0, (yield* process()).issue(start))
      const two = yield* within(0, (yield* process()).issue(start))
      assert.strictEqual(tokenOf(one), "access-1")
      assert.strictEqual(one.version, two.version)
      assert.deepStrictEqual(one.scopes, ["read"])
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.effect("A14: nobody has the new access token before its refresh token is in the store: 6 steps, in 1 order", () =>
    Effect.gen(function* () {
      const { process, server, store } = yield* world()
      const seen: Array<string> = []
      const source = yield* process({
        onStep: (moment) =>
          Effect.map(store.read(key), (record) => {
            const text = record === undefined ? "" : Redacted.value(record.payload)
            seen.push(`${moment} ${record?.state} ${text.includes("refresh-2") ? "new" : "old"}`)
          }).pipe(Effect.orDie)
      })
      const held = yield* source.issue(start)
      const issued = yield* within(1000, source.issue(next(held)))
      assert.strictEqual(tokenOf(issued), "access-2")
      assert.deepStrictEqual(seen, [
        "acquired live old",
        "marked refreshing old",
        "sent refreshing old",
        "answered refreshing old",
        "committed live new",
        "released live new"
      ])
      assert.strictEqual(server.requests.length, 1)
    })
  )

  it.effect("A18: an answer without a refresh token keeps the old one for the refresh after it", () =>
    Effect.gen(function* () {
      const { process, server } = yield* world({ profile: { ...lenient, rotates: "sometimes" } })
      const source = yield* process()
      server.omitRefreshToken = true
      const first = yield* within(1000, source.issue(next(yield* source.issue(start))))
      yield* within(1000, source.issue(next(first)))
      assert.deepStrictEqual(
        server.requests.map(({ token }) => token),
        ["refresh-1", "refresh-1"]
      )
    })
  )

  it.effect(
    "a token that the provider refused is refreshed although it is 0 s old; who has another one gets no new one",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world()
        const one = yield* process()
        const two = yield* process()
        const held = yield* one.issue(start)
        const fresh = yield* within(1000, one.issue(next(held, "rejected")))
        assert.strictEqual(tokenOf(fresh), "access-2")
        assert.strictEqual(tokenOf(yield* within(1000, two.issue(next(held, "rejected")))), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect(
    "a caller that gives up after 5 ms stops nothing: the answer is stored, and the next caller has it with 0 more requests",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world()
        const source = yield* process()
        const held = yield* source.issue(start)
        const fiber = yield* Effect.forkChild(source.issue(next(held)))
        yield* TestClock.adjust("5 millis")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(tokenOf(yield* within(0, source.issue(next(held)))), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect("a scope that closes in the middle of a refresh waits for it: the new refresh token is in the store", () =>
    Effect.gen(function* () {
      const { process, server, store } = yield* world()
      const scope = yield* Scope.make()
      const source = yield* process({}, scope)
      const held = yield* source.issue(start)
      const fiber = yield* Effect.forkChild(source.issue(next(held)))
      yield* TestClock.adjust("5 millis")
      yield* Fiber.interrupt(fiber)
      yield* within(1000, Scope.close(scope, Exit.void))
      const record = yield* store.read(key)
      assert.strictEqual(record?.state, "live")
      assert.include(record === undefined ? "" : Redacted.value(record.payload), "refresh-2")
      assert.strictEqual(server.requests.length, 1)
    })
  )

  it.effect("a scope that closes while the server is silent waits 10 s, and no longer", () =>
    Effect.gen(function* () {
      const { process, server, down } = yield* world()
      const scope = yield* Scope.make()
      const source = yield* process({}, scope)
      const held = yield* source.issue(start)
      server.fates = ["never"]
      down.add("release")
      const fiber = yield* Effect.forkChild(source.issue(next(held)))
      yield* TestClock.adjust("5 millis")
      yield* Fiber.interrupt(fiber)
      yield* within(10_010, Scope.close(scope, Exit.void))
    })
  )

  it("a lease that is not longer than the refresh may take is refused when the source is declared", () =>
    assert.throws(
      () =>
        SharedGrant.source({
          name: "user",
          key,
          refresh: new TokenServer().refresh,
          profile: strict,
          leaseFor: "5 seconds",
          refreshTimeout: "5 seconds"
        }),
      "SharedGrant user: leaseFor (5000 ms) must be longer than refreshTimeout (5000 ms)"
    ))
})

describe("a process that is killed", () => {
  for (const moment of moments) {
    it.effect(
      `A14: at "${moment}", no grace: the grant survives or ends with 1 event, and the server sees at most 2 requests`,
      () =>
        Effect.gen(function* () {
          const { audited, process, server } = yield* world()
          const other = yield* process()
          const held = yield* other.issue(start)
          yield* ask1s(yield* process(killedAt(moment)), next(held))
          // the other process asks every 5 s, as its lifecycle would, for 3 minutes
          const tokens: Array<string> = []
          let previous: Issued = held
          for (let i = 0; i < 36; i++) {
            const exit = yield* within(40_000, Effect.exit(other.issue(next(previous))))
            if (Exit.isSuccess(exit)) {
              previous = exit.value
              tokens.push(tokenOf(previous))
              assert.isTrue(server.accepts(tokenOf(previous)), `gave ${tokenOf(previous)}`)
              break
            }
            yield* TestClock.adjust("5 seconds")
          }
          const isSpent = moment === "sent" || moment === "answered"
          const isStored = moment === "committed" || moment === "released"
          assert.deepStrictEqual(tokens, isSpent ? [] : ["access-2"])
          assert.strictEqual(server.requests.length, isSpent ? 2 : 1)
          assert.strictEqual(audited("reauthorize").length, isSpent ? 1 : 0)
          assert.strictEqual(audited("refreshed").length, isSpent ? 0 : 1)
          if (isStored) assert.strictEqual(server.rotations, 1)
        })
    )

    it.effect(`A17: at "${moment}", grace 40 s: the grant survives, within the lease of 30 s`, () =>
      Effect.gen(function* () {
        const { audited, process, server } = yield* world({ profile: lenient })
        const other = yield* process()
        const held = yield* other.issue(start)
        yield* ask1s(yield* process(killedAt(moment)), next(held))
        const issued = yield* within(35_000, other.issue(next(held)))
        assert.isTrue(server.accepts(tokenOf(issued)))
        assert.strictEqual(server.rotations, 1)
        assert.strictEqual(server.reuses, 0)
        assert.strictEqual(audited("reauthorize").length, 0)
      })
    )
  }

  it.effect(
    "no grace: after a death in doubt the access token is used to its end, and only then the refresh token is sent, once",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world({ lifeMillis: 300_000 })
        const other = yield* process()
        const held = yield* other.issue(start)
        yield* ask1s(yield* process(killedAt("marked")), next(held))
        yield* TestClock.adjust("30 seconds")
        const failure = yield* failureWithin(1000, other.issue(next(held)))
        assert.strictEqual(failure.reason, "unavailable")
        const now = yield* Clock.currentTimeMillis
        assert.strictEqual(failure.retryAfterMillis, 295_000 - now)
        // a process that starts now is served what there is
        assert.strictEqual(tokenOf(yield* (yield* process()).issue(start)), "access-1")
        assert.strictEqual(server.requests.length, 0)
        yield* TestClock.adjust(failure.retryAfterMillis ?? 0)
        assert.strictEqual(tokenOf(yield* within(1000, other.issue(next(held, "mandatory")))), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect(
    "one that is killed 1 s after a death was told, before the auditor wrote it, leaves the telling to the next: 1 id",
    () =>
      Effect.gen(function* () {
        const { audited, down, process, server } = yield* world()
        const one = yield* process()
        const two = yield* process()
        const held = yield* one.issue(start)
        server.isFamilyDead = true
        assert.strictEqual((yield* failureWithin(1000, one.issue(next(held)))).reason, "reauthorize")
        yield* TestClock.adjust("1 second")
        // while it lives, it is the only one that tells
        assert.strictEqual((yield* failureWithin(0, two.issue(next(held)))).reason, "reauthorize")
        assert.strictEqual(audited("reauthorize").length, 1)
        // all that it would still do fails from here on
        down.add("commit").add("release")
        yield* TestClock.adjust("3 seconds")
        down.clear()
        yield* TestClock.adjust("30 seconds")
        for (let i = 0; i < 3; i++) {
          assert.strictEqual((yield* failureWithin(1000, two.issue(next(held)))).reason, "reauthorize")
          yield* TestClock.adjust("30 seconds")
        }
        assert.strictEqual(audited("reauthorize").length, 2)
        assert.strictEqual(new Set(audited("reauthorize").map(({ id }) => id)).size, 1)
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect("one that closes its scope 0 s after a death was told notes it at once: nobody tells it again", () =>
    Effect.gen(function* () {
      const { audited, process, server, store } = yield* world()
      const scope = yield* Scope.make()
      const one = yield* process({}, scope)
      const held = yield* one.issue(start)
      server.isFamilyDead = true
      yield* failureWithin(1000, one.issue(next(held)))
      yield* within(100, Scope.close(scope, Exit.void))
      assert.strictEqual((yield* store.read(key))?.announced, "yes")
      yield* failureWithin(0, (yield* process()).issue(next(held)))
      assert.strictEqual(audited("reauthorize").length, 1)
    })
  )
})

describe("a process that is paused", () => {
  it.effect(
    "A15: for 60 s before it sends: it never sends, because its lease of 30 s is over; another one has refreshed",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world({ profile: lenient, lifeMillis: 300_000 })
        let isPaused = true
        const slow = yield* process({
          onStep: (moment) => {
            if (moment !== "marked" || !isPaused) return Effect.void
            isPaused = false
            return Effect.sleep("60 seconds")
          }
        })
        const other = yield* process()
        const held = yield* other.issue(start)
        const fiber = yield* Effect.forkChild(slow.issue(next(held)))
        yield* TestClock.adjust("31 seconds")
        assert.strictEqual(tokenOf(yield* within(2000, other.issue(next(held)))), "access-2")
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual(tokenOf(yield* Fiber.join(fiber)), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect("for 23 s before it sends: it takes the mark back, and sends under a lease with 8 s left", () =>
    Effect.gen(function* () {
      const { process, server, store } = yield* world({ lifeMillis: 300_000 })
      const times: Array<number> = []
      const slow = yield* process({
        onStep: (moment) => {
          if (moment !== "marked") return Effect.void
          return Effect.flatMap(Clock.currentTimeMillis, (now) => {
            times.push(now)
            return times.length === 1 ? Effect.sleep("23 seconds") : Effect.void
          })
        }
      })
      const held = yield* slow.issue(start)
      const issued = yield* within(25_000, slow.issue(next(held)))
      assert.strictEqual(tokenOf(issued), "access-2")
      assert.strictEqual(times.length, 2)
      assert.strictEqual(server.requests.length, 1)
      // put, mark, unmark, mark, tokens
      assert.strictEqual((yield* store.read(key))?.version, 5)
    })
  )

  it.effect("for 60 s after the answer: fenced, it takes the lease again and commits what the server gave", () =>
    Effect.gen(function* () {
      const { audited, process, server, store } = yield* world({ lifeMillis: 300_000 })
      const slow = yield* process({
        onStep: (moment) => (moment === "answered" ? Effect.sleep("60 seconds") : Effect.void)
      })
      const held = yield* slow.issue(start)
      const fiber = yield* Effect.forkChild(slow.issue(next(held)))
      yield* TestClock.adjust("40 seconds")
      // another one has looked, found the matter in doubt, and left it
      yield* failureWithin(1000, (yield* process()).issue(next(held)))
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(tokenOf(yield* Fiber.join(fiber)), "access-2")
      assert.strictEqual((yield* store.read(key))?.state, "live")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(audited("refreshed").length, 1)
    })
  )

  it.effect(
    "between the lease and the mark, while a person puts a new grant: the old token is not sent, the new grant is used",
    () =>
      Effect.gen(function* () {
        const { login, process, server } = yield* world()
        const source = yield* process({
          onStep: (moment) => (moment === "acquired" ? Effect.asVoid(Effect.orDie(login)) : Effect.void)
        })
        const held = yield* source.issue(start)
        const issued = yield* within(1000, source.issue(next(held)))
        assert.strictEqual(tokenOf(issued), "access-2")
        assert.strictEqual(server.requests.length, 0)
      })
  )

  it.effect(
    "after the answer, while a person puts a new grant: what it has is dropped, and the new grant is used",
    () =>
      Effect.gen(function* () {
        const { audited, login, process } = yield* world({ lifeMillis: 300_000 })
        const slow = yield* process({
          onStep: (moment) => (moment === "answered" ? Effect.sleep("20 seconds") : Effect.void)
        })
        const held = yield* slow.issue(start)
        const fiber = yield* Effect.forkChild(slow.issue(next(held)))
        yield* TestClock.adjust("10 seconds")
        const version = yield* login
        yield* TestClock.adjust("20 seconds")
        const issued = yield* Fiber.join(fiber)
        assert.strictEqual(issued.version, version)
        assert.strictEqual(audited("refreshed").length, 0)
      })
  )
})

describe("a store that is down", () => {
  for (const operation of ["read", "acquire"] as const) {
    it.effect(`at ${operation}: unavailable, and 0 requests`, () =>
      Effect.gen(function* () {
        const { down, process, server } = yield* world()
        const source = yield* process()
        const held = yield* source.issue(start)
        down.add(operation)
        const failure = yield* failureWithin(6000, source.issue(next(held)))
        assert.strictEqual(failure.reason, "unavailable")
        assert.strictEqual(failure.detail, `The grant store failed at ${operation}: down`)
        assert.strictEqual(server.requests.length, 0)
      })
    )
  }

  it.effect("at the mark: 0 requests, because nobody would know of the sending", () =>
    Effect.gen(function* () {
      const { down, process, server } = yield* world()
      const source = yield* process()
      const held = yield* source.issue(start)
      down.add("commit")
      yield* failureWithin(6000, source.issue(next(held)))
      assert.strictEqual(server.requests.length, 0)
      down.clear()
      assert.strictEqual(tokenOf(yield* within(1000, source.issue(next(held)))), "access-2")
    })
  )

  it.effect(
    "A14: after the answer: the tokens are kept for 60 s, given to nobody, and committed when it is back, with 1 request",
    () =>
      Effect.gen(function* () {
        const { audited, down, process, server, store } = yield* world({ lifeMillis: 300_000 })
        const source = yield* process({
          onStep: (moment) =>
            Effect.sync(() => {
              if (moment === "answered") for (const each of ["commit", "release"] as const) down.add(each)
            })
        })
        const held = yield* source.issue(start)
        for (let i = 0; i < 3; i++) {
          const failure = yield* failureWithin(5000, source.issue(next(held)))
          assert.strictEqual(failure.detail, "new tokens are kept in memory until the grant store takes them")
          yield* TestClock.adjust("18 seconds")
        }
        assert.notInclude(Redacted.value((yield* store.read(key))?.payload ?? Redacted.make("")), "refresh-2")
        down.clear()
        // nobody asks: the process commits by itself
        for (let i = 0; i < 40; i++) yield* TestClock.adjust("1 second")
        assert.include(Redacted.value((yield* store.read(key))?.payload ?? Redacted.make("")), "refresh-2")
        assert.strictEqual(tokenOf(yield* within(0, source.issue(next(held)))), "access-2")
        assert.strictEqual(server.requests.length, 1)
        assert.strictEqual(audited("refreshed").length, 1)
      })
  )

  it.effect(
    "A14: one that fails for 3 s after the answer costs nothing: the lease is kept, 2 processes have the new token, 1 request",
    () =>
      Effect.gen(function* () {
        const { down, process, server } = yield* world()
        const one = yield* process({
          // the slower one of the two, if the lease were free
          pollEvery: "1 second",
          onStep: (moment) => Effect.sync(() => void (moment === "answered" && down.add("commit")))
        })
        const two = yield* process()
        const held = yield* one.issue(start)
        // the access token is over: who gets the lease now would send
        yield* TestClock.adjust("56 seconds")
        const asked = yield* Effect.forkChild(Effect.exit(one.issue(next(held, "mandatory"))))
        const waiting = yield* Effect.forkChild(two.issue(next(held, "mandatory")))
        for (let i = 0; i < 300; i++) yield* TestClock.adjust("10 millis")
        assert.isTrue(Exit.isFailure(yield* Fiber.join(asked)))
        assert.isUndefined(waiting.pollUnsafe())
        down.clear()
        assert.strictEqual(tokenOf(yield* within(8000, Fiber.join(waiting))), "access-2")
        assert.strictEqual(tokenOf(yield* within(0, one.issue(next(held, "mandatory")))), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect("a commit that was made but not answered is found made: 1 request, 1 version", () =>
    Effect.gen(function* () {
      const { audited, process, provided, server, store } = yield* world()
      let isAnswered = false
      const deaf: GrantStore = {
        ...store,
        commit: (...args) =>
          Effect.flatMap(store.commit(...args), (done) => {
            if (isAnswered || args[3].state !== "live") return Effect.succeed(done)
            isAnswered = true
            return Effect.fail(new GrantStoreFailure({ operation: "commit", detail: "no answer" }))
          })
      }
      const source = yield* Effect.provideService(
        provided(SharedGrant.source({ name: "user", key, refresh: server.refresh, profile: strict })),
        GrantStore,
        deaf
      )
      const other = yield* process()
      const held = yield* other.issue(start)
      assert.strictEqual(tokenOf(yield* within(3000, source.issue(next(held)))), "access-2")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(audited("refreshed").length, 1)
    })
  )

  it.effect("a refusal that cannot be noted down is remembered: 1 request in 5 questions, then 1 event", () =>
    Effect.gen(function* () {
      const { audited, down, process, server } = yield* world()
      const source = yield* process({
        onStep: (moment) => Effect.sync(() => void (moment === "answered" && down.add("commit")))
      })
      const held = yield* source.issue(start)
      server.isFamilyDead = true
      for (let i = 0; i < 5; i++) {
        assert.strictEqual((yield* failureWithin(1000, source.issue(next(held)))).reason, "unavailable")
      }
      down.clear()
      assert.strictEqual((yield* failureWithin(1000, source.issue(next(held)))).reason, "reauthorize")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(audited("reauthorize").length, 1)
    })
  )
})

describe("an answer that does not come", () => {
  it.effect(
    "A17: lost, no grace: the token is not sent again while the access token is good; then once: 2 requests, 1 death",
    () =>
      Effect.gen(function* () {
        const { audited, process, server } = yield* world()
        const source = yield* process()
        const held = yield* source.issue(start)
        server.fates = ["lose", "answer"]
        assert.strictEqual((yield* failureWithin(1000, source.issue(next(held)))).reason, "unavailable")
        for (let i = 0; i < 10; i++) {
          yield* TestClock.adjust("5 seconds")
          yield* failureWithin(1000, source.issue(next(held)))
          assert.strictEqual(server.requests.length, 1)
        }
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* failureWithin(1000, source.issue(next(held, "mandatory")))).reason, "reauthorize")
        for (let i = 0; i < 10; i++) {
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual((yield* failureWithin(1000, source.issue(next(held, "mandatory")))).reason, "reauthorize")
        }
        assert.deepStrictEqual(
          server.requests.map(({ outcome }) => outcome),
          ["rotated", "reuse"]
        )
        assert.strictEqual(audited("reauthorize").length, 1)
      })
  )

  it.effect(
    "A17: lost on the way to the server, no grace: what comes back after the access token's end is new tokens",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world()
        const source = yield* process()
        const held = yield* source.issue(start)
        server.fates = ["not-arrived", "answer"]
        yield* failureWithin(1000, source.issue(next(held)))
        yield* TestClock.adjust("55 seconds")
        assert.strictEqual(tokenOf(yield* within(1000, source.issue(next(held, "mandatory")))), "access-2")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect(
    "A17: lost, grace 40 s: the same token is sent again at once, under the same lease; 2 requests, 0 failures",
    () =>
      Effect.gen(function* () {
        const { audited, process, server } = yield* world({ profile: lenient })
        const source = yield* process()
        const held = yield* source.issue(start)
        server.fates = ["lose", "answer"]
        assert.strictEqual(tokenOf(yield* within(1000, source.issue(next(held)))), "access-2")
        assert.deepStrictEqual(
          server.requests.map(({ outcome }) => outcome),
          ["rotated", "again"]
        )
        assert.strictEqual(audited("refreshed").length, 1)
      })
  )

  it.effect(
    "A17: lost 3 times, grace 40 s: 2 requests in the first question, no more than 2 in the next, the grant lives",
    () =>
      Effect.gen(function* () {
        const { process, server } = yield* world({ profile: lenient })
        const source = yield* process()
        const held = yield* source.issue(start)
        server.fates = ["lose", "lose", "lose", "answer"]
        yield* failureWithin(1000, source.issue(next(held)))
        assert.strictEqual(server.requests.length, 2)
        assert.strictEqual(tokenOf(yield* within(1000, source.issue(next(held)))), "access-2")
        assert.strictEqual(server.requests.length, 4)
      })
  )

  it.effect("a silent server is waited for 8 s, and counts as lost", () =>
    Effect.gen(function* () {
      const { process, server, store } = yield* world()
      const source = yield* process()
      const held = yield* source.issue(start)
      server.fates = ["never"]
      const begun = yield* Clock.currentTimeMillis
      const failure = yield* failureWithin(9000, source.issue(next(held)))
      assert.strictEqual(failure.detail, "no answer to the refresh in 8000 ms")
      assert.approximately((yield* Clock.currentTimeMillis) - begun, 8000, 20)
      assert.strictEqual((yield* store.read(key))?.state, "refreshing")
    })
  )

  it.effect("a refresh that dies counts as lost, and says nothing of why", () =>
    Effect.gen(function* () {
      const { process, store } = yield* world()
      const source = yield* process({ refresh: () => Effect.die(new Error("canary refresh-1")) })
      const held = yield* source.issue(start)
      const failure = yield* failureWithin(1000, source.issue(next(held)))
      assert.strictEqual(failure.message, "The credential source failed (unavailable): the refresh died")
      assert.strictEqual((yield* store.read(key))?.state, "refreshing")
    })
  )

  it.effect(
    "one that certainly was not applied leaves no doubt: the record is live again, and the next question refreshes",
    () =>
      Effect.gen(function* () {
        const { process, server, store } = yield* world()
        const source = yield* process()
        const held = yield* source.issue(start)
        for (const fate of ["unreachable", "busy"] as const) {
          server.fates = [fate]
          yield* failureWithin(1000, source.issue(next(held)))
          assert.strictEqual((yield* store.read(key))?.state, "live")
        }
        server.fates = ["answer"]
        assert.strictEqual(tokenOf(yield* within(1000, source.issue(next(held)))), "access-2")
      })
  )

  it.effect(
    "one that was not applied says nothing of an earlier one in doubt: the record keeps the doubt and its time",
    () =>
      Effect.gen(function* () {
        const { process, server, store } = yield* world({ profile: lenient })
        const source = yield* process()
        const held = yield* source.issue(start)
        server.fates = ["lose", "busy", "busy"]
        const begun = yield* Clock.currentTimeMillis
        yield* failureWithin(1000, source.issue(next(held)))
        yield* failureWithin(1000, source.issue(next(held)))
        const record = yield* store.read(key)
        assert.strictEqual(record?.state, "refreshing")
        assert.strictEqual(record?.refreshStartedAtMillis, begun)
      })
  )
})

describe("A16: a refusal", () => {
  it.effect("of a token that is no longer the store's is no death: the newer one is used, 0 events", () =>
    Effect.gen(function* () {
      const { audited, login, process, server } = yield* world()
      const source = yield* process({
        onStep: (moment) => (moment === "marked" ? Effect.asVoid(Effect.orDie(login)) : Effect.void)
      })
      const held = yield* source.issue(start)
      const issued = yield* within(2000, source.issue(next(held)))
      assert.strictEqual(tokenOf(issued), "access-2")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(server.requests[0]?.outcome, "unknown")
      assert.strictEqual(audited("reauthorize").length, 0)
    })
  )

  it.effect("ends the grant: 4 processes × 10 questions send 1 request and write 1 event", () =>
    Effect.gen(function* () {
      const { audited, process, server } = yield* world()
      const sources = yield* Effect.all([process(), process(), process(), process()])
      const held = yield* sources[0].issue(start)
      server.isFamilyDead = true
      for (let i = 0; i < 10; i++) {
        const failures = yield* within(
          5000,
          Effect.forEach(sources, (source) => Effect.flip(source.issue(next(held))), { concurrency: "unbounded" })
        )
        assert.deepStrictEqual([...new Set(failures.map(({ reason }) => reason))], ["reauthorize"])
        yield* TestClock.adjust("30 seconds")
      }
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(audited("reauthorize").length, 1)
      assert.strictEqual(audited("reauthorize")[0]?.version, held.version)
      assert.strictEqual(audited("reauthorize")[0]?.detail, "refused")
    })
  )

  it.effect("a person's new grant is picked up by all 4 processes at their next look, and audited once", () =>
    Effect.gen(function* () {
      const { audited, login, process, server } = yield* world()
      const sources = yield* Effect.all([process(), process(), process(), process()])
      const held = yield* sources[0].issue(start)
      server.isFamilyDead = true
      for (const source of sources) yield* failureWithin(1000, source.issue(next(held)))
      const version = yield* login
      for (const source of sources) {
        const issued = yield* within(0, source.issue(next(held)))
        assert.strictEqual(issued.version, version)
        assert.isTrue(server.accepts(tokenOf(issued)))
      }
      // the world's own first login is the other one
      assert.strictEqual(audited("administered").length, 2)
      assert.strictEqual(new Set(audited("administered").map(({ id }) => id)).size, 2)
      // and the new grant is refreshed like any other
      const fresh = yield* within(1000, sources[1].issue(next(yield* sources[1].issue(start))))
      assert.isTrue(server.accepts(tokenOf(fresh)))
    })
  )

  it.effect("a key that nobody has put a grant under asks for a person, with 0 requests and 0 events", () =>
    Effect.gen(function* () {
      const { audited, process, server } = yield* world()
      const failure = yield* failureWithin(0, (yield* process({ key: "acme/nobody" })).issue(start))
      assert.strictEqual(failure.reason, "reauthorize")
      assert.strictEqual(server.requests.length + audited("reauthorize").length, 0)
    })
  )

  it.effect("a record that cannot be read is misconfigured, and quoted nowhere", () =>
    Effect.gen(function* () {
      const { process, store } = yield* world()
      yield* store.put(key, Redacted.make('{"accessToken":"canary'))
      const failure = yield* failureWithin(0, (yield* process()).issue(start))
      assert.strictEqual(failure.reason, "misconfigured")
      assert.notInclude(JSON.stringify(failure), "canary")
    })
  )
})

describe("B4: a shared grant that is revoked", () => {
  it.effect("is revoked with its newest tokens, once, and then dead and empty in the store", () =>
    Effect.gen(function* () {
      const { audited, process, server, store } = yield* world()
      const revoked: Array<string> = []
      const revoke: NonNullable<SharedGrant.Options["revoke"]> = (tokens) =>
        Effect.sync(() => {
          if (tokens.refreshToken !== undefined) revoked.push(Redacted.value(tokens.refreshToken))
        })
      const one = yield* process({ revoke })
      const two = yield* process({ revoke })
      const held = yield* one.issue(start)
      yield* within(1000, one.issue(next(held)))
      yield* within(1000, two.revoke?.(held) ?? Effect.void)
      yield* within(1000, one.revoke?.(held) ?? Effect.void)
      assert.deepStrictEqual(revoked, ["refresh-2"])
      const record = yield* store.read(key)
      assert.strictEqual(record?.state, "dead")
      assert.notMatch(record === undefined ? "" : Redacted.value(record.payload), /access-|refresh-/)
      assert.strictEqual((yield* failureWithin(1000, one.issue(next(held)))).reason, "reauthorize")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(audited("reauthorize").length, 0)
    })
  )

  it.effect(
    "a revocation that fails changes nothing, and one of an older grant does not touch a person's new one",
    () =>
      Effect.gen(function* () {
        const { login, process, store } = yield* world()
        const source = yield* process({ revoke: () => Effect.never })
        const held = yield* source.issue(start)
        const failure = yield* within(9000, Effect.flip(source.revoke?.(held) ?? Effect.die("no revoke")))
        assert.strictEqual(failure.detail, "no answer to the revocation in 8000 ms")
        assert.strictEqual((yield* store.read(key))?.state, "live")
        yield* login
        yield* within(100, source.revoke?.(held) ?? Effect.void)
        assert.strictEqual((yield* store.read(key))?.state, "live")
      })
  )
})
