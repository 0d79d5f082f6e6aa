// A transport that throws ends the call it was asked for, and nothing else.
//
// What `send` threw on a retry left the timer's turn: the process died of it, the caller waited for ever, and the
// permit was never given back. What `cancel` threw did the same to a call that had timed out.
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { idle, inFlight, looking, over, Shop } from "./Shop.ts"

describe("a transport that throws", () => {
  for (const healthy of [0, 1, 2]) {
    it.live(`ends the call with a defect when send ${healthy + 1} of 3 throws, and leaves 0 permits in flight`, () => {
      let sent = 0
      return Effect.gen(function* () {
        const shop = yield* Shop
        const exit = yield* Effect.exit(shop.look(looking()))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(yield* inFlight, 0)
        assert.strictEqual(sent, healthy + 1)
      }).pipe(
        Effect.provide(
          over({
            send: (_, handler) => {
              if (++sent > healthy) throw new Error("no such device")
              queueMicrotask(() => handler.onError({ sent: "no", code: "dns" }))
              return idle
            }
          })
        )
      )
    })
  }

  it.effect("times out 3 times when cancel throws, and leaves 0 permits in flight", () => {
    let sent = 0
    return Effect.gen(function* () {
      const shop = yield* Shop
      const fiber = yield* Effect.forkChild(Effect.flip(shop.look(looking())))
      yield* TestClock.adjust("5 seconds")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "RetriesExhausted")
      assert.deepStrictEqual([sent, yield* inFlight], [3, 0])
    }).pipe(
      Effect.provide(
        over({
          send: () => {
            sent++
            return {
              ...idle,
              cancel: () => {
                throw new Error("no such device")
              }
            }
          }
        })
      )
    )
  })
})
