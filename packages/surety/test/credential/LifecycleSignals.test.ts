import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Policy } from "surety/credential"
import * as Held from "../../src/credential/Held.ts"
import { failure, issue, kinds, make, metrics, Scripted, sent, settle, watched } from "./LifecycleRig.ts"

const hour = 3_600_000
const day = 24 * hour

describe("the signals of a credential", () => {
  it.effect("are all there at 0 before the first question", () =>
    watched(() =>
      Effect.gen(function* () {
        yield* make(new Scripted(), { start: "lazy" })
        assert.deepStrictEqual(yield* metrics, {
          "refreshes success": 0,
          "refreshes failure unavailable": 0,
          "refreshes failure rejected": 0,
          "refreshes failure misconfigured": 0,
          "refreshes failure reauthorize": 0,
          "refreshes failure rotation_failed": 0,
          "state healthy": 0,
          "state degraded": 0,
          "state unavailable": 1,
          "expiry.time auto s": 0,
          "expiry.time manual s": 0
        })
      })
    )
  )

  it.effect("count refreshes, and show the health and the end of the secret in use in seconds since the epoch", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        const first = yield* metrics
        assert.deepStrictEqual(
          [first["refreshes success"], first["expiry.time auto s"], first["state healthy"]],
          [1, 3600, 1]
        )
        yield* TestClock.adjust(hour - 100_000)
        source.next = () => failure("unavailable")
        yield* credentials.current
        yield* settle
        const second = yield* metrics
        assert.deepStrictEqual(
          [second["refreshes failure unavailable"], second["state degraded"], second["expiry.time auto s"]],
          [1, 1, 3600]
        )
        source.next = (_ask, n) => issue(n, { lives: hour })
        yield* TestClock.adjust("1 second")
        yield* credentials.current
        yield* settle
        const third = yield* metrics
        assert.deepStrictEqual(
          [third["refreshes success"], third["state healthy"], third["expiry.time auto s"]],
          [2, 1, 7101]
        )
      })
    )
  )

  it.effect("B6: count the 90 days of a static secret from when it came, not from when it was last looked at", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted(() => issue(1, { recheck: 5000 }))
        const credentials = yield* make(source, { life: { _tag: "Rotated", everyMillis: 90 * day } })
        yield* TestClock.adjust("1 hour")
        yield* sent(credentials)
        yield* settle
        assert.strictEqual(source.count, 2)
        assert.strictEqual((yield* metrics)["expiry.time manual s"], (90 * day) / 1000)
      })
    )
  )

  it.effect("have no end of a secret that has none, and say `manual` where the policy does", () =>
    watched(() =>
      Effect.gen(function* () {
        yield* make(new Scripted())
        assert.strictEqual((yield* metrics)["expiry.time manual s"], 0)
        yield* make(new Scripted({ lives: hour }), { credential: "other", renewal: "manual" })
        assert.strictEqual((yield* metrics)["expiry.time manual s"], 3600)
      })
    )
  )

  it.effect("A23: a grant that nobody uses is renewed every 10 minutes with keepAliveEvery, and not without", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const idle = new Scripted({ lives: hour })
        const kept = new Scripted({ lives: hour })
        yield* make(idle)
        yield* make(kept, { keepAliveEvery: "10 minutes", credential: "kept" })
        yield* TestClock.adjust("61 minutes")
        assert.strictEqual(idle.count, 1)
        assert.strictEqual(kept.count, 7)
        assert.deepStrictEqual(
          seen.events.slice(-2).map(({ kind, purpose }) => [kind, purpose]),
          [
            ["requested", "keep-alive"],
            ["granted", "keep-alive"]
          ]
        )
        // at 70:00 and 70:30: when it fails it is asked as often as the failure allows
        kept.next = () => failure("rejected", "invalid_client")
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(kept.count, 7 + 2)
      })
    )
  )

  it.effect("B7: every event has an actor, a purpose, both times and an id of its own, and the secret is in none", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: 10_000 })
        const credentials = yield* make(source)
        credentials.used?.(yield* credentials.current, "charge", "trace-1")
        source.next = () => failure("rejected", "invalid_client")
        yield* TestClock.adjust("20 seconds")
        for (let i = 0; i < 100; i++) yield* Effect.flip(credentials.current)
        yield* TestClock.adjust("30 seconds")
        for (let i = 0; i < 100; i++) yield* Effect.flip(credentials.current)
        assert.deepStrictEqual(kinds(seen), [
          "requested",
          "granted",
          "used",
          "expired",
          "requested",
          "denied",
          "reuse-of-expired",
          "requested",
          "denied",
          "reuse-of-expired"
        ])
        const used = seen.events.find(({ kind }) => kind === "used")
        assert.deepStrictEqual(
          [used?.operation, used?.count, used?.traceId, used?.version],
          ["charge", 1, "trace-1", "v1"]
        )
        assert.strictEqual(new Set(seen.events.map(({ id }) => id)).size, seen.events.length)
        for (const event of seen.events) {
          assert.strictEqual(event.actor, "test")
          assert.isAbove(event.purpose.length, 0)
          assert.isAtLeast(event.wallMillis, 0)
          assert.isAtLeast(event.monotonicMillis, 0)
        }
        assert.notInclude(JSON.stringify(seen.events), "secret-1")
      })
    )
  )

  it.effect("leave a look that found nothing new out of the trail: 60 looks, 2 events; the rotation is 2 more", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted(() => issue(1, { recheck: 5000 }))
        const credentials = yield* make(source)
        for (let i = 0; i < 60; i++) {
          yield* TestClock.adjust("5 seconds")
          yield* sent(credentials)
          yield* settle
        }
        assert.strictEqual(source.count, 61)
        assert.deepStrictEqual(kinds(seen), ["requested", "granted"])
        source.next = () => issue(2, { recheck: 5000 })
        yield* TestClock.adjust("5 seconds")
        yield* sent(credentials)
        yield* settle
        assert.deepStrictEqual(
          seen.events.slice(2).map(({ kind, purpose, version }) => [kind, purpose, version]),
          [
            ["requested", "look for a newer one", "v1"],
            ["rotated", "look for a newer one", "v2"]
          ]
        )
      })
    )
  )
})

describe("a wall clock that is set", () => {
  it.live("by +1 day, and by -1 day, refreshes nothing and ends nothing", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        const first = credentials.current
        const real = Date.now
        const spy = vi.spyOn(Date, "now")
        try {
          for (const jump of [day, -day, 0]) {
            spy.mockImplementation(() => real() + jump)
            for (let i = 0; i < 10; i++) assert.strictEqual(credentials.current, first)
            yield* settle
          }
        } finally {
          spy.mockRestore()
        }
        assert.strictEqual(source.count, 1)
        assert.deepStrictEqual(kinds(seen), ["requested", "granted"])
      })
    )
  )

  it("by -1 day lets a token that is given again end when it would have, and by +1 day too", () => {
    const policy = Policy.make()
    const arrival = { nowMillis: 1000, wallMillis: 10 * day, because: "start", random: 0 } as const
    const issued = {
      secret: Redacted.make("secret-1"),
      version: "v1",
      issuedAtMillis: 10 * day,
      expiresAtMillis: 10 * day + hour,
      recheckAfterMillis: 60_000
    }
    const first = Held.take(issued, arrival, policy, undefined) as Held.Held
    for (const jump of [-day, day]) {
      const again = Held.take(
        { ...issued, secret: Redacted.make("secret-1") },
        { ...arrival, nowMillis: 61_000, wallMillis: 10 * day + 60_000 + jump },
        policy,
        first
      ) as Held.Held
      assert.strictEqual(again.instants.endMillis, first.instants.endMillis)
      assert.strictEqual(again.exit, first.exit)
    }
  })
})
