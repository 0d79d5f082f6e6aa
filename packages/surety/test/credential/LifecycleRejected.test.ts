import { assert, describe, it } from "@effect/vitest"
import type { Credential } from "surety"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { StaticSource } from "surety/credential"
import { failure, issue, kinds, make, metrics, Scripted, sent, settle, watched } from "./LifecycleRig.ts"

const refusal = { status: 401, headers: {} } as const

/** The verdict on a secret that the provider refused, as `Replay secret-2` or `Final`. */
const verdict = (
  credentials: Credential.Credentials,
  secret: Redacted.Redacted<string>,
  refresh: "allowed" | "done" = "allowed"
) =>
  Effect.map(credentials.rejected?.(secret, refusal, "charge", refresh) ?? Effect.die("no rejected"), (given) =>
    given._tag === "Replay" ? `Replay ${Redacted.value(given.secret)}` : given._tag
  )

describe("a secret that the provider refuses", () => {
  it.effect("B2: 50 refusals of it together are 1 question, and 50 requests sent again with the answer", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted((_ask, n) => Effect.delay(issue(n), n === 1 ? 0 : "1 second"))
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        const fibers = yield* Effect.forEach(Array(50).fill(secret), (one) =>
          Effect.forkChild(verdict(credentials, one))
        )
        yield* TestClock.adjust("1 second")
        const verdicts = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
        assert.deepStrictEqual(verdicts, Array(50).fill("Replay secret-2"))
        assert.strictEqual(source.count, 2)
        assert.strictEqual(source.asks[1]?.because, "rejected")
        assert.deepStrictEqual([...(source.asks[1]?.rejected ?? [])], ["v1"])
        assert.deepStrictEqual(kinds(seen), ["requested", "granted", "rejected", "requested", "rotated"])
        // one that comes late finds the newer one there
        assert.strictEqual(yield* verdict(credentials, secret), "Replay secret-2")
        assert.strictEqual(source.count, 2)
      })
    )
  )

  it.effect("B2: and whose source has no other one is final: 1 question in 30 s, however many refusals come", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted(() => issue(1))
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        for (let i = 0; i < 299; i++) {
          assert.strictEqual(yield* verdict(credentials, secret), "Final")
          yield* TestClock.adjust(100)
        }
        assert.strictEqual(source.count, 2)
        yield* TestClock.adjust(100)
        assert.strictEqual(yield* verdict(credentials, secret), "Final")
        assert.strictEqual(source.count, 3)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "rejected").length, 2)
        assert.strictEqual(yield* sent(credentials), "secret-1")
      })
    )
  )

  it.effect("is final without a question when this call was sent again already", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted()
        const credentials = yield* make(source)
        assert.strictEqual(yield* verdict(credentials, yield* credentials.current, "done"), "Final")
        assert.strictEqual(source.count, 1)
      })
    )
  )

  it.effect("is final for a call that was sent again already, also when a newer one is there by now", () =>
    watched(() =>
      Effect.gen(function* () {
        const credentials = yield* make(new Scripted())
        const first = yield* credentials.current
        assert.strictEqual(yield* verdict(credentials, first), "Replay secret-2")
        assert.strictEqual(yield* verdict(credentials, first, "done"), "Final")
        assert.strictEqual(yield* verdict(credentials, first), "Replay secret-2")
      })
    )
  )

  it.effect("and then so is its successor: the first is tried again when its source has nothing else", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted((_ask, n) => issue(n === 2 ? 2 : 1))
        const credentials = yield* make(source)
        assert.strictEqual(yield* verdict(credentials, yield* credentials.current), "Replay secret-2")
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* verdict(credentials, yield* credentials.current), "Replay secret-1")
        assert.deepStrictEqual([...(source.asks[2]?.rejected ?? [])], ["v1", "v2"])
        assert.strictEqual(yield* sent(credentials), "secret-1")
      })
    )
  )

  it.effect("makes no storm when each newer one is refused too: 3 tokens in 60 s of refusals at every 100 ms", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: 3_600_000 })
        const credentials = yield* make(source)
        for (let i = 0; i < 600; i++) {
          const secret = yield* credentials.current
          const first = yield* verdict(credentials, secret)
          if (first !== "Final")
            assert.strictEqual(yield* verdict(credentials, yield* credentials.current, "done"), "Final")
          yield* TestClock.adjust(100)
        }
        assert.strictEqual(source.count, 3)
      })
    )
  )

  it.effect("may be replaced again at once when its successor was good for 10 s", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted()
        const credentials = yield* make(source)
        for (const next of ["secret-2", "secret-3", "secret-4"]) {
          assert.strictEqual(yield* verdict(credentials, yield* credentials.current), `Replay ${next}`)
          yield* TestClock.adjust("10 seconds")
        }
      })
    )
  )

  it.effect("B3: and came by a rotation leads back to the one before, with an alarm and 1 audit event", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = StaticSource.make({ current: Redacted.make("sk_old") })
        const credentials = yield* make(source)
        yield* source.replace(Redacted.make("sk_bad"))
        yield* TestClock.adjust("5 seconds")
        yield* credentials.current
        yield* settle
        assert.strictEqual(yield* sent(credentials), "sk_bad")
        assert.strictEqual(yield* verdict(credentials, yield* credentials.current), "Replay sk_old")
        const failed = seen.events.filter(({ kind }) => kind === "rotation-failed")
        assert.deepStrictEqual(
          failed.map(({ detail, fingerprint, version }) => [version, fingerprint, detail]),
          [["2", "print-of-d", "back to version 1"]]
        )
        assert.deepStrictEqual(
          seen.logs.map(({ annotations, level, text }) => [text, level, annotations["refused"]]),
          [["integration.credential.rotation_failed", "Error", "version 2"]]
        )
        assert.strictEqual((yield* metrics)["refreshes failure rotation_failed"], 1)
        // the bad one is still the source's current one: it is not taken again
        for (let i = 0; i < 120; i++) {
          yield* TestClock.adjust("1 second")
          assert.strictEqual(yield* sent(credentials), "sk_old")
        }
        yield* source.replace(Redacted.make("sk_good"))
        yield* TestClock.adjust("30 seconds")
        yield* credentials.current
        yield* settle
        assert.strictEqual(yield* sent(credentials), "sk_good")
      })
    )
  )

  it.effect(
    "B3: is not taken again from a source that offers nothing else, for as long as the one before is good",
    () =>
      watched(() =>
        Effect.gen(function* () {
          const source = new Scripted((_ask, n) => issue(n === 1 ? 1 : 2, { recheck: 5000 }))
          const credentials = yield* make(source)
          const first = yield* credentials.current
          yield* TestClock.adjust("5 seconds")
          yield* credentials.current
          yield* settle
          const second = yield* credentials.current
          source.next = (ask, n) =>
            ask.because === "rejected" ? issue(1, { recheck: 5000 }) : issue(n > 0 ? 2 : 1, { recheck: 5000 })
          assert.strictEqual(yield* verdict(credentials, second), "Replay secret-1")
          const before = source.count
          for (let i = 0; i < 60; i++) {
            yield* TestClock.adjust("1 second")
            assert.strictEqual(yield* sent(credentials), "secret-1")
            yield* settle
          }
          // every 30 s once a bad one was offered
          assert.strictEqual(source.count - before, 2)
          assert.notStrictEqual(first, yield* credentials.current)
        })
      )
  )

  it.effect("B1: flipped in mid-traffic, both versions good: 0 of 1000 calls fail, and new calls use the new one", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = StaticSource.make({ current: Redacted.make("sk_1") })
        const credentials = yield* make(source)
        const valid = new Set(["sk_1"])
        let failed = 0
        let current = "sk_1"
        for (let i = 0; i < 1000; i++) {
          const flip = Math.floor(i / 100) + 2
          if (i % 100 === 50) {
            // made at the provider, given to the program, and 30 s later the old one is revoked
            valid.add(`sk_${flip}`)
            yield* source.replace(Redacted.make(`sk_${flip}`))
            current = `sk_${flip}`
          }
          if (i % 100 === 80) for (const one of valid) if (one !== current) valid.delete(one)
          const secret = yield* credentials.current
          if (!valid.has(Redacted.value(secret))) {
            const again = yield* verdict(credentials, secret)
            if (!valid.has(again.replace("Replay ", ""))) failed++
          }
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(failed, 0)
        assert.strictEqual(yield* sent(credentials), current)
      })
    )
  )

  it.effect("B1: revoked at the moment of the flip: the refused call is sent again with the new one", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = StaticSource.make({ current: Redacted.make("sk_1"), recheckEvery: "1 hour" })
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        yield* source.replace(Redacted.make("sk_2"))
        assert.strictEqual(yield* verdict(credentials, secret), "Replay sk_2")
        assert.strictEqual(Redacted.value(secret), "sk_1")
      })
    )
  )

  it.effect("is asked for once more after a question that was open before the refusal gave the same one", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted((_ask, n) =>
          Effect.delay(issue(n === 3 ? 2 : 1, { recheck: 5000 }), n === 1 ? 0 : 1000)
        )
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        yield* TestClock.adjust("5 seconds")
        yield* credentials.current
        const fiber = yield* Effect.forkChild(verdict(credentials, secret))
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual(yield* Fiber.join(fiber), "Replay secret-2")
        assert.deepStrictEqual(
          source.asks.map(({ because }) => because),
          ["start", "advisory", "rejected"]
        )
      })
    )
  )

  it.effect(
    "while its source is down is final, and the source is not asked for each refusal: 2 questions for 100",
    () =>
      watched(
        () =>
          Effect.gen(function* () {
            const source = new Scripted()
            const credentials = yield* make(source)
            const secret = yield* credentials.current
            source.next = () => failure("unavailable")
            for (let i = 0; i < 100; i++) assert.strictEqual(yield* verdict(credentials, secret), "Final")
            assert.strictEqual(source.count, 2)
          }),
        0.5
      )
  )

  it.effect("A13: is sent again as it is when the proof was at fault, whether or not the call was renewed", () =>
    watched((seen) =>
      Effect.gen(function* () {
        let nonces = 0
        const source = Object.assign(new Scripted(), {
          answered: (answer: Credential.Answer) => {
            if (answer.headers["dpop-nonce"] === undefined) return "no" as const
            return ++nonces === 1 ? ("replay" as const) : ("no" as const)
          }
        })
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        const answer = { status: 401, headers: { "dpop-nonce": "n1" } }
        // the engine tells of the head first, and asks with the same headers
        credentials.answered?.(answer)
        const asked = credentials.rejected?.(secret, { ...answer }, "charge", "done") ?? Effect.die("none")
        assert.deepStrictEqual(yield* asked, { _tag: "Replay", secret })
        assert.strictEqual(nonces, 1)
        assert.strictEqual(source.count, 1)
        assert.deepStrictEqual(kinds(seen), ["requested", "granted"])
      })
    )
  )

  it.effect("that this process did not give out is final, and an observer that throws harms no call", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = Object.assign(new Scripted(), {
          answered: () => {
            throw new Error("CANARY")
          }
        })
        const credentials = yield* make(source)
        credentials.answered?.(refusal)
        assert.strictEqual(yield* verdict(credentials, Redacted.make("secret-1")), "Final")
        assert.strictEqual(source.count, 1)
        assert.isTrue(Exit.isExit(credentials.current))
      })
    )
  )
})
