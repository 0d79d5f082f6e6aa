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
})
