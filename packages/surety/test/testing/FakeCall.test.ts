import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { FakeProvider, Fault, FaultScript, RetryAfterForm } from "surety/testing"
import { settled } from "./Settled.ts"
import { Declined, reached, Shop } from "./Shop.ts"
import { inBrief } from "./ShopCalls.ts"

const byKey = { idempotencyKey: "mail-1" }

/** Gives the number of the message. */
const mailing = (script: FaultScript.FaultScript) => {
  const sent: Array<string> = []
  return {
    sent,
    fake: FakeProvider.make(Shop, {
      script,
      handlers: {
        send: ({ to }) => {
          sent.push(to)
          return { sent: true }
        }
      }
    })
  }
}

describe("an operation without a wire", () => {
  it.effect("runs its handler in place of its own attempt, and stands in the log", () => {
    const { fake, sent } = mailing(FaultScript.none)
    return Effect.gen(function* () {
      const shop = yield* Shop
      assert.deepStrictEqual(yield* settled(shop.send({ to: "a" }, byKey)), { sent: true })
      assert.deepStrictEqual([sent, reached], [["a"], []])
      assert.deepStrictEqual(fake.requests.send, [{ to: "a" }])
      const [entry] = fake.log.entries
      assert.deepStrictEqual(
        [entry?.method, entry?.path, entry?.operation, entry?.key, entry?.status, entry?.applied],
        ["CALL", "/send", "send", "mail-1", undefined, true]
      )
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("sends 1 message when the answer to the first of 2 attempts is lost", () => {
    const { fake, sent } = mailing(FaultScript.of(Fault.resetAfter))
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.send({ to: "a" }, byKey))
      assert.deepStrictEqual([sent.length, fake.log.attempts("mail-1").length, fake.log.applied()], [1, 2, 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("applies the request of an attempt that timed out after 1 s when the provider comes to it at 3 s", () => {
    const { fake, sent } = mailing(FaultScript.of(Fault.latency("3 seconds")))
    return Effect.gen(function* () {
      const shop = yield* Shop
      const { metadata } = yield* settled(shop.send.detailed({ to: "a" }, byKey))
      assert.deepStrictEqual([metadata.attempts, sent.length], [2, 1])
      assert.deepStrictEqual(
        fake.log.entries.map(({ applied, note }) => [applied, note]),
        [
          [false, "replayed: the key was answered before"],
          [true, undefined]
        ]
      )
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("refuses a key with another request as ContractViolation, with 1 message sent", () => {
    const { fake, sent } = mailing(FaultScript.none)
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.send({ to: "a" }, byKey))
      const error = yield* settled(Effect.flip(shop.send({ to: "b" }, byKey)))
      assert.deepStrictEqual([inBrief(error), sent.length], ["ContractViolation", 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("meets a scripted 429 as its own failure, with the 2 s that it names", () => {
    const { fake } = mailing(FaultScript.of(Fault.tooManyRequests(RetryAfterForm.seconds("2 seconds"))))
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.send({ to: "a" }, byKey))
      assert.strictEqual(fake.log.count(), 2)
      assert.isAtLeast(fake.log.entries[1]?.atMillis ?? 0, 2000)
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("dies without a handler, and says what to do", () =>
    Effect.gen(function* () {
      const shop = yield* Shop
      const exit = yield* settled(Effect.exit(shop.send({ to: "a" }, byKey)))
      const text = Exit.isFailure(exit) ? String(Cause.squash(exit.cause)) : "ok"
      assert.strictEqual(
        text,
        "Error: test/Shop.send has no wire and no schema: give FakeProvider.make a handler for it"
      )
      assert.deepStrictEqual(reached, [])
    }).pipe(Effect.provide(Shop.layerFake(FaultScript.none)))
  )
})

describe("a stream without a wire", () => {
  const watching = (script: FaultScript.FaultScript, numbers: Stream.Stream<number, Declined>) =>
    FakeProvider.make(Shop, { script, handlers: { watch: () => numbers } })

  it.effect("is opened 3 times and gives its 2 elements once", () => {
    const fake = watching(FaultScript.of(Fault.refuse, Fault.resetBefore), Stream.make(1, 2))
    return Effect.gen(function* () {
      const shop = yield* Shop
      const seen = yield* settled(Effect.flatMap(shop.watch({ from: 1 }), Stream.runCollect))
      assert.deepStrictEqual([[...seen], fake.log.count()], [[1, 2], 3])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("ends with the failure of its handler after 1 element", () => {
    const fake = watching(FaultScript.none, Stream.concat(Stream.make(1), Stream.fail(new Declined({ code: "no" }))))
    return Effect.gen(function* () {
      const shop = yield* Shop
      const error = yield* settled(Effect.flip(Effect.flatMap(shop.watch({ from: 1 }), Stream.runDrain)))
      assert.deepStrictEqual([inBrief(error), fake.log.count()], ["Declined", 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })
})
