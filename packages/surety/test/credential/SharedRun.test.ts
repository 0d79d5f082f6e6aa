import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as SharedRun from "../../src/credential/SharedRun.ts"

describe("a run that several fibers share", () => {
  it.effect("runs once for 50 fibers, and again for the next", () =>
    Effect.gen(function* () {
      let runs = 0
      const shared = SharedRun.make<number, never>()
      const effect = Effect.andThen(
        Effect.sleep("1 second"),
        Effect.sync(() => ++runs)
      )
      const fibers = yield* Effect.forEach(Array.from({ length: 50 }), () =>
        Effect.forkChild(SharedRun.join(shared, effect))
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([...new Set(yield* Effect.forEach(fibers, Fiber.join))], [1])
      const next = yield* Effect.forkChild(SharedRun.join(shared, effect))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(next), 2)
    })
  )

  it.effect("goes on when the fiber that began it is interrupted, and the 2nd has its failure", () =>
    Effect.gen(function* () {
      const shared = SharedRun.make<never, string>()
      const effect = Effect.andThen(Effect.sleep("1 second"), Effect.fail("no"))
      const first = yield* Effect.forkChild(SharedRun.join(shared, effect))
      const second = yield* Effect.forkChild(Effect.exit(SharedRun.join(shared, effect)))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* Fiber.join(second), Exit.fail("no"))
      assert.isUndefined(shared.running)
    })
  )
})
