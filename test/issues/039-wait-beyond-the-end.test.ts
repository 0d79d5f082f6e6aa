// A call that waits for a refresh in the mandatory window is served by the secret at hand before that ends.
//
// A token endpoint that hung kept calls waiting until their token had ended, and then failed them.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Lifecycle, type Source } from "surety/credential"

describe("a refresh that hangs", () => {
  it.effect("in the mandatory window of a token of 100 s fails 0 of 10 calls that wait", () =>
    Effect.gen(function* () {
      let asked = 0
      const source: Source.Source = {
        name: "hanging",
        issue: () =>
          asked++ === 0
            ? Effect.succeed({
                secret: Redacted.make("token-1"),
                version: "1",
                issuedAtMillis: 0,
                expiresAtMillis: 100_000
              })
            : Effect.never
      }
      const credentials = yield* Lifecycle.make(source, { provider: "p", credential: "c" })
      // no call came in the advisory window: 95 s is the end of use, 5 s before it begins the mandatory one
      yield* TestClock.adjust("91 seconds")
      const waiting = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 10 }, () => Effect.suspend(() => credentials.current)),
          { concurrency: "unbounded" }
        )
      )
      for (let i = 0; i < 10; i++) yield* Effect.yieldNow
      yield* TestClock.adjust("3998 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(
        (yield* Fiber.join(waiting)).map((secret) => Redacted.value(secret)),
        Array.from({ length: 10 }, () => "token-1")
      )
      assert.strictEqual(asked, 2)
    })
  )

  it.live("fails 0 of 10 calls that are woken after the end: they wait on for the answer", () =>
    Effect.gen(function* () {
      const bornAt = performance.now()
      const token = (version: string, lifeMillis: number) => {
        const issuedAtMillis = Date.now()
        const expiresAtMillis = issuedAtMillis + lifeMillis
        return { secret: Redacted.make(`token-${version}`), version, issuedAtMillis, expiresAtMillis }
      }
      let asked = 0
      const source: Source.Source = {
        name: "slow",
        issue: () =>
          asked++ === 0
            ? Effect.sync(() => token("1", 2000))
            : Effect.delay(
                Effect.sync(() => token("2", 60_000)),
                400
              )
      }
      const credentials = yield* Lifecycle.make(source, { provider: "p", credential: "c" })
      // the mandatory window is from 1,700 to 1,800 ms
      yield* Effect.sleep(1750)
      const waiting = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 10 }, () => Effect.suspend(() => credentials.current)),
          { concurrency: "unbounded" }
        )
      )
      for (let i = 0; i < 10; i++) yield* Effect.yieldNow
      // an event loop that is blocked over the end
      while (performance.now() < bornAt + 1900);
      assert.deepStrictEqual(
        (yield* Fiber.join(waiting)).map((secret) => Redacted.value(secret)),
        Array.from({ length: 10 }, () => "token-2")
      )
    })
  )
})
