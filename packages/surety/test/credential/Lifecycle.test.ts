import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { failure, issue, kinds, make, metrics, Scripted, sent, settle, watched } from "./LifecycleRig.ts"

const hour = 3_600_000

describe("Lifecycle.current", () => {
  it.effect("asks once at the start, and then gives the same exit for 50 minutes of an hour", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        const first = credentials.current
        assert.isTrue(Exit.isExit(first))
        yield* TestClock.adjust("50 minutes")
        for (let i = 0; i < 1000; i++) assert.strictEqual(credentials.current, first)
        assert.strictEqual(source.count, 1)
        assert.strictEqual(source.asks[0]?.because, "start")
      })
    )
  )

  it.effect("renews beside the calls from 4 min 55 s before the end on, with one question for 50 calls", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        yield* TestClock.adjust(hour - 305_001)
        assert.strictEqual(yield* sent(credentials), "secret-1")
        yield* settle
        assert.strictEqual(source.count, 1)
        yield* TestClock.adjust(1)
        source.next = (_ask, n) => Effect.delay(issue(n, { lives: hour }), "3 seconds")
        for (let i = 0; i < 50; i++) {
          assert.isTrue(Exit.isExit(credentials.current))
          assert.strictEqual(yield* sent(credentials), "secret-1")
        }
        yield* TestClock.adjust("3 seconds")
        yield* settle
        assert.strictEqual(yield* sent(credentials), "secret-2")
        assert.deepStrictEqual(
          source.asks.map(({ because, previous }) => [because, previous?.version]),
          [
            ["start", undefined],
            ["advisory", "v1"]
          ]
        )
      })
    )
  )

  it.effect("A15: 50 fibers that meet the mandatory window together wait for 1 question, and all get its answer", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        yield* TestClock.adjust(hour - 30_000)
        source.next = (_ask, n) => Effect.delay(issue(n, { lives: hour }), "2 seconds")
        const fibers = yield* Effect.forEach(Array(50).fill(credentials), () => Effect.forkChild(sent(credentials)))
        yield* settle
        assert.strictEqual(fibers.filter((fiber) => fiber.pollUnsafe() !== undefined).length, 0)
        yield* TestClock.adjust("2 seconds")
        const secrets = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
        assert.deepStrictEqual(secrets, Array(50).fill("secret-2"))
        assert.strictEqual(source.count, 2)
        assert.strictEqual(source.asks[1]?.because, "mandatory")
        assert.deepStrictEqual(kinds(seen), ["requested", "granted", "requested", "granted"])
      })
    )
  )

  it.effect("keeps the question when the first of 3 callers leaves: the other 2 get the answer of 1 question", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted((_ask, n) => Effect.delay(issue(n), "5 seconds"))
        const credentials = yield* make(source, { start: "lazy" })
        const [first, ...others] = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(sent(credentials)))
        yield* TestClock.adjust("1 second")
        if (first !== undefined) yield* Fiber.interrupt(first)
        yield* TestClock.adjust("4 seconds")
        assert.deepStrictEqual(yield* Effect.forEach(others, (fiber) => Fiber.join(fiber)), ["secret-1", "secret-1"])
        assert.strictEqual(source.count, 1)
      })
    )
  )

  it.effect("B10: serves the secret it has until 5 s before its end while the source fails, and never after", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const credentials = yield* make(source)
        source.next = () => failure("unavailable")
        let served = 0
        for (let at = 0; at < hour - 5000; at += 1000) {
          assert.strictEqual(yield* sent(credentials), "secret-1")
          served++
          yield* TestClock.adjust(1000)
        }
        assert.strictEqual(served, 3595)
        const refusal = yield* Effect.flip(credentials.current)
        assert.include(refusal.message, `Credential "key" is not available: version v1 ended 0 s ago; source "vault"`)
        assert.include(refusal.message, "gives nothing (status 503;")
        assert.strictEqual(kinds(seen).filter((kind) => kind === "expired").length, 1)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "reuse-of-expired").length, 1)
      })
    )
  )

  it.effect("B10: fails at once without a secret at a cold start, and says what the source said", () =>
    watched(() =>
      Effect.gen(function* () {
        const refusal = yield* Effect.flip(
          Effect.scoped(make(new Scripted(() => failure("rejected", "invalid_client"))))
        )
        assert.strictEqual(
          refusal.message,
          'Credential "key" is not available: source "vault" refuses us (invalid_client); it is asked again in 30 s'
        )
        assert.deepStrictEqual(yield* metrics, {})
      })
    )
  )
})
