import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as UsageTally from "../../src/credential/UsageTally.ts"

const watched = (every?: "10 seconds") =>
  Effect.gen(function* () {
    const told: Array<UsageTally.Use> = []
    const scope = yield* Scope.make()
    const tally = yield* UsageTally.make({
      record: (use) => told.push(use),
      ...(every === undefined ? {} : { every })
    }).pipe(Effect.provideService(Scope.Scope, scope))
    yield* TestClock.adjust(0)
    return { told, tally, close: Scope.close(scope, Exit.void) }
  })

describe("UsageTally", () => {
  it.effect("B7: tells the 1st use of a version by an operation at once, and the next 999 as one after 1 minute", () =>
    Effect.gen(function* () {
      const { tally, told } = yield* watched()
      for (let i = 0; i < 1000; i++) tally.used("v1", "charge", i === 0 ? undefined : `trace-${i}`)
      assert.deepStrictEqual(told, [{ version: "v1", operation: "charge", count: 1, traceId: undefined }])
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(told.length, 1)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(told[1], { version: "v1", operation: "charge", count: 999, traceId: "trace-1" })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(told.length, 2)
    })
  )

  it.effect("keeps 2 versions and 2 operations apart while calls in flight still use the old one", () =>
    Effect.gen(function* () {
      const { tally, told } = yield* watched("10 seconds")
      for (let i = 0; i < 10; i++) {
        tally.used(i % 2 === 0 ? "v1" : "v2", i % 3 === 0 ? "refund" : "charge", undefined)
      }
      assert.deepStrictEqual(
        told.map(({ count, operation, version }) => [version, operation, count]),
        [
          ["v1", "refund", 1],
          ["v2", "charge", 1],
          ["v1", "charge", 1],
          ["v2", "refund", 1]
        ]
      )
      told.length = 0
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(
        told.map(({ count, operation, version }) => [version, operation, count]),
        [
          ["v1", "refund", 1],
          ["v1", "charge", 2],
          ["v2", "charge", 2],
          ["v2", "refund", 1]
        ]
      )
    })
  )

  it.effect("tells what is left when the scope closes, and nothing twice", () =>
    Effect.gen(function* () {
      const { close, tally, told } = yield* watched()
      tally.used("v1", "charge", "a")
      tally.used("v1", "charge", "b")
      tally.used("v1", "charge", "c")
      yield* close
      assert.deepStrictEqual(told[1], { version: "v1", operation: "charge", count: 2, traceId: "b" })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(told.length, 2)
    })
  )

  it.effect("forgets a version that was not used for 2 intervals: its return is a 1st use", () =>
    Effect.gen(function* () {
      const { tally, told } = yield* watched("10 seconds")
      tally.used("v1", "charge", undefined)
      tally.used("v2", "charge", undefined)
      yield* TestClock.adjust("20 seconds")
      tally.used("v1", "charge", undefined)
      assert.deepStrictEqual(
        told.map(({ version }) => version),
        ["v1", "v2", "v1"]
      )
    })
  )

  it.effect("goes on when the record throws", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const tally = yield* UsageTally.make({
        record: () => {
          throw new Error("no")
        }
      }).pipe(Effect.provideService(Scope.Scope, scope))
      tally.used("v1", "charge", undefined)
      tally.used("v1", "charge", undefined)
      yield* TestClock.adjust("2 minutes")
      tally.used("v1", "charge", undefined)
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(Scope.close(scope, Exit.void))))
    })
  )

  it.effect("allocates nothing for 1 000 000 uses of a known pair", () =>
    Effect.gen(function* () {
      const { tally } = yield* watched()
      for (let i = 0; i < 100_000; i++) tally.used("v1", "charge", "trace")
      const grown = Array.from({ length: 3 }, () => {
        const before = process.memoryUsage().heapUsed
        for (let i = 0; i < 1_000_000; i++) tally.used("v1", "charge", "trace")
        return process.memoryUsage().heapUsed - before
      })
      // 1 MB for what the runner does meanwhile; one object each would be 16 MB
      assert.isBelow(Math.min(...grown), 1_000_000)
    })
  )
})
