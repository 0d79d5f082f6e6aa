import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { Issued } from "surety/credential"
import { failure, issue, kinds, make, metrics, Scripted, sent, settle, watched } from "./LifecycleRig.ts"

const hour = 3_600_000

/** Calls once every `every` ms for `during` ms; how many got a secret. */
const calls = (
  credentials: Parameters<typeof sent>[0],
  { during, every }: { readonly during: number; readonly every: number }
) =>
  Effect.gen(function* () {
    let served = 0
    for (let at = 0; at < during; at += every) {
      const fiber = yield* Effect.forkChild(Effect.exit(sent(credentials)))
      yield* settle
      yield* TestClock.adjust(every)
      const exit = yield* Fiber.join(fiber)
      if (exit._tag === "Success") served++
    }
    return served
  })

describe("a source that fails", () => {
  it.effect("is asked 5 times in 15 s by 1500 calls: after 0, 0.5, 1.5, 3.5 and 7.5 s", () =>
    watched(
      () =>
        Effect.gen(function* () {
          const source = new Scripted(() => failure("unavailable"))
          const credentials = yield* make(source, { start: "lazy" })
          const at: Array<number> = []
          source.next = () =>
            Effect.flatMap(Clock.currentTimeMillis, (now) => {
              at.push(now)
              return failure("unavailable")
            })
          assert.strictEqual(yield* calls(credentials, { during: 15_000, every: 10 }), 0)
          assert.deepStrictEqual(at, [0, 500, 1500, 3500, 7500])
        }),
      0.5
    )
  )

  it.effect("is asked once by 10 runs of one effect that was kept, and once more when it may be asked again", () =>
    watched(
      () =>
        Effect.gen(function* () {
          const source = new Scripted(() => failure("unavailable"))
          const { current } = yield* make(source, { start: "lazy" })
          for (let i = 0; i < 10; i++) yield* Effect.flip(current)
          assert.strictEqual(source.count, 1)
          source.next = (_ask, n) => issue(n)
          yield* TestClock.adjust("500 millis")
          for (let i = 0; i < 10; i++) assert.strictEqual(yield* sent({ current }), "secret-2")
          assert.strictEqual(source.count, 2)
        }),
      0.5
    )
  )

  it.effect("and refuses us is asked 3 times in 100 s by 1000 calls: after 0, 30 and 90 s", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted(() => failure("rejected", "invalid_client"))
        const credentials = yield* make(source, { start: "lazy" })
        assert.strictEqual(yield* calls(credentials, { during: 100_000, every: 100 }), 0)
        assert.strictEqual(source.count, 3)
      })
    )
  )

  it.effect("with a dead grant is looked at every 30 s, told of once, and serves again once a person has acted", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted(() => failure("reauthorize", "invalid_grant"))
        const credentials = yield* make(source, { start: "lazy" })
        yield* calls(credentials, { during: 301_000, every: 1000 })
        assert.strictEqual(source.count, 11)
        assert.deepStrictEqual(kinds(seen), ["requested", "denied"])
        assert.strictEqual(seen.logs.length, 1)
        source.next = (_ask, n) => issue(n, { lives: hour })
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual(yield* sent(credentials), "secret-12")
        assert.deepStrictEqual(kinds(seen), ["requested", "denied", "granted"])
      })
    )
  )

  it.effect("says when it can be asked again, and is not asked before: 20 s", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted(() => failure("unavailable", "status 429", 20_000))
        const credentials = yield* make(source, { start: "lazy" })
        yield* calls(credentials, { during: 19_900, every: 100 })
        assert.strictEqual(source.count, 1)
        const refusal = yield* Effect.flip(credentials.current)
        assert.include(refusal.message, "(status 429); it is asked again in 1 s")
      })
    )
  )

  it.effect("fails no call while the secret is good: 59 min 55 s of calls, 3595 served, and then it recovers", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        source.next = () => failure("unavailable")
        assert.strictEqual(yield* calls(credentials, { during: hour - 5000, every: 1000 }), 3595)
        assert.deepStrictEqual(
          seen.events.filter(({ kind }) => kind === "reuse-of-expired"),
          []
        )
        source.next = (_ask, n) => issue(n, { lives: hour })
        yield* TestClock.adjust("1 minute")
        assert.match(yield* sent(credentials), /^secret-\d+$/)
        assert.strictEqual((yield* metrics)["state healthy"], 1)
      })
    )
  )

  it.effect(
    "and hangs is cut at 10 s, also where it cannot be interrupted, and is not asked again before it ended",
    () =>
      watched((seen) =>
        Effect.gen(function* () {
          const source = new Scripted(() => Effect.uninterruptible(Effect.delay(issue(1), "25 seconds")))
          const credentials = yield* make(source, { start: "lazy" })
          const first = yield* Effect.forkChild(Effect.flip(sent(credentials)))
          yield* TestClock.adjust("9999 millis")
          assert.isUndefined(first.pollUnsafe())
          yield* TestClock.adjust("1 millis")
          assert.include(String(yield* Fiber.join(first)), "(no answer within 10000 ms)")
          yield* TestClock.adjust("1 second")
          const second = yield* Effect.forkChild(Effect.flip(sent(credentials)))
          yield* TestClock.adjust("10 seconds")
          assert.include(String(yield* Fiber.join(second)), "the last question did not end within 10000 ms")
          assert.strictEqual(source.count, 1)
          yield* TestClock.adjust("5 seconds")
          source.next = (_ask, n) => issue(n)
          assert.strictEqual(yield* sent(credentials), "secret-2")
          assert.strictEqual(seen.logs.length, 2)
        })
      )
  )

  it.effect("by dying, or with an error of its own, is unavailable, and nothing of it is quoted anywhere", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const leak = "CANARY-7f3a"
        const answers: ReadonlyArray<Effect.Effect<never, never>> = [
          Effect.die(new Error(leak)),
          Effect.fail(new Error(leak)) as Effect.Effect<never, never>,
          Effect.sync(() => {
            throw leak
          }),
          Effect.interrupt
        ]
        const source = new Scripted((_ask, n) => answers[n - 1] ?? issue(n))
        const credentials = yield* make(source, { start: "lazy" })
        const texts: Array<string> = []
        for (const _ of answers) {
          const refusal = yield* Effect.flip(credentials.current)
          texts.push(refusal.message, JSON.stringify(refusal))
          assert.include(refusal.why, 'source "vault" gives nothing (the source')
          yield* TestClock.adjust("2 minutes")
        }
        assert.notInclude(JSON.stringify([texts, seen.events, seen.logs]), "CANARY")
        assert.strictEqual((yield* metrics)["refreshes failure unavailable"], 4)
        assert.strictEqual(yield* sent(credentials), "secret-5")
      })
    )
  )

  it.effect("by throwing where it is asked is unavailable too", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted(() => {
          throw new Error("CANARY")
        })
        const refusal = yield* Effect.flip(Effect.scoped(make(source)))
        assert.include(refusal.message, "(the source died; nothing of that is shown here)")
      })
    )
  )

  it.effect("by giving what cannot be a secret keeps the good one, and quotes neither", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ recheck: 5000 })
        const credentials = yield* make(source)
        const broken: ReadonlyArray<Partial<Issued.Issued>> = [
          { secret: Redacted.make("CANARY-with-newline\n") },
          { secret: Redacted.make("") },
          { secret: "CANARY-not-redacted" as never },
          { secret: undefined as never },
          { secret: Redacted.make("CANARY-version"), version: "key CANARY-version" },
          { secret: Redacted.make("CANARY-over"), expiresAtMillis: 1 },
          { secret: Redacted.make("CANARY-over"), expiresAtMillis: Number.NaN }
        ]
        for (const bad of broken) {
          source.next = (_ask, n) => Effect.map(issue(n), (good) => ({ ...good, ...bad }))
          const before = source.count
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual(yield* sent(credentials), "secret-1")
          yield* settle
          assert.strictEqual(source.count, before + 1)
          assert.strictEqual(yield* sent(credentials), "secret-1")
        }
        assert.notInclude(JSON.stringify([seen.events, seen.logs]), "CANARY")
        const over = seen.logs.map(({ annotations }) => String(annotations["detail"])).slice(-2)
        assert.match(
          over[0] ?? "",
          /^its secret was good until 1970-01-01T00:00:00.001Z; the clock of this machine says 1970-/
        )
        assert.match(over[1] ?? "", /^its secret was good until no date at all; /)
        const { "refreshes failure misconfigured": misconfigured, "refreshes failure unavailable": unavailable } =
          yield* metrics
        assert.deepStrictEqual([misconfigured, unavailable], [5, 2])
      })
    )
  )

  it.effect(
    "is told of at ERROR with what a person needs, without control characters, and 300 characters at most",
    () =>
      watched((seen) =>
        Effect.gen(function* () {
          const source = new Scripted({ lives: hour })
          const credentials = yield* make(source)
          source.next = () => failure("rejected", `status 401\n${"x".repeat(500)}\u001b[2J`)
          yield* TestClock.adjust(hour - 200_000)
          yield* sent(credentials)
          yield* settle
          const [log] = seen.logs
          assert.strictEqual(log?.text, "integration.credential.refresh_failed")
          assert.strictEqual(log?.level, "Error")
          const { detail, ...rest } = log?.annotations ?? {}
          assert.deepStrictEqual(rest, {
            "integration.provider.name": "acme",
            "credential.name": "key",
            "credential.source": "vault",
            "error.type": "rejected",
            failures: 1,
            ask_again_seconds: 30,
            serving: "version v1"
          })
          assert.strictEqual(String(detail).length, 300)
          assert.match(String(detail), /^status 401 x+…$/)
        })
      )
  )
})
