import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { FakeProvider, Fault, FaultScript } from "surety/testing"
import { Shop } from "./Shop.ts"

const order = {
  amount: 1999,
  currency: "eur",
  items: [
    { sku: "tea", count: 2 },
    { sku: "cup", count: 1 }
  ]
} as const
const paidAt = new Date(Date.UTC(2026, 9, 28))

/** Runs a program and moves the clock until it is over. */
const settled = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("30 seconds")
    return yield* Fiber.join(fiber)
  })

describe("FakeProvider", () => {
  it.effect("gives the handler the decoded payload and the client the decoded result", () => {
    const fake = FakeProvider.make(Shop, {
      handlers: { charge: ({ payload }) => ({ id: "ch_1", amount: payload.amount, paidAt }) }
    })
    return Effect.gen(function* () {
      const shop = yield* Shop
      const charge = yield* settled(
        shop.charge({ payload: { ...order, placedAt: paidAt } }, { idempotencyKey: "order-1" })
      )
      assert.deepStrictEqual(charge, { id: "ch_1", amount: 1999, paidAt })
      assert.deepStrictEqual(fake.requests.charge, [{ payload: { ...order, placedAt: paidAt } }])
      assert.deepStrictEqual(fake.log.statuses(), [201])
      assert.deepStrictEqual(
        fake.log.entries.map(({ key, method, operation, path }) => [method, path, operation, key]),
        [["POST", "/pay/v1/charges", "charge", "order-1"]]
      )
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })
  it.effect("sends a second attempt when a plain script resets the first", () =>
    Effect.gen(function* () {
      const shop = yield* Shop
      const { metadata } = yield* settled(shop.charge.detailed({ payload: order }, { idempotencyKey: "order-1" }))
      assert.strictEqual(metadata.attempts, 2)
    }).pipe(Effect.provide(Shop.layerFake(FaultScript.of(Fault.resetAfter))))
  )
})
