import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { FakeProvider, Fault, FaultScript } from "surety/testing"
import { ask, askNow, settled } from "./Settled.ts"
import { Broken, Declined, Shop, Throttled } from "./Shop.ts"

const order = { amount: 1999, currency: "eur", items: [] } as const
const paidAt = new Date(0)
const body = JSON.stringify(order)
const headers = { "idempotency-key": "order-1" }

/** Gives ch_1, ch_2, … */
const counting = (options: Omit<FakeProvider.Options<(typeof Shop.contract)["operations"]>, "handlers"> = {}) => {
  let charges = 0
  return FakeProvider.make(Shop, {
    ...options,
    handlers: { charge: ({ payload }) => ({ id: `ch_${++charges}`, amount: payload.amount, paidAt }) }
  })
}
const idOf = (response: { readonly body?: unknown }): unknown => JSON.parse(String(response.body)).id

describe("a second request with the same key", () => {
  it("gets the stored answer, and the handler has run once", () => {
    const fake = counting()
    assert.deepStrictEqual(askNow(fake.server, { headers, body }).status, 201)
    assert.deepStrictEqual(idOf(askNow(fake.server, { headers, body })), "ch_1")
    assert.strictEqual(fake.requests.charge.length, 1)
    assert.deepStrictEqual([fake.log.count(), fake.log.applied()], [2, 1])
    assert.strictEqual(fake.log.entries[1]?.note, "replayed: the key was answered before")
  })

  it.effect("is what the engine sends after a lost answer: 2 requests, 1 charge", () => {
    const fake = counting({ script: FaultScript.of(Fault.resetAfter) })
    return Effect.gen(function* () {
      const shop = yield* Shop
      const charge = yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      assert.strictEqual(charge.id, "ch_1")
      assert.deepStrictEqual([fake.log.attempts("order-1").length, fake.log.applied()], [2, 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it("with another amount is answered 400, or as the provider does it", () => {
    const other = JSON.stringify({ ...order, amount: 1 })
    for (const [fake, status] of [
      [counting(), 400],
      [counting({ duplicates: { mismatch: 409 } }), 409]
    ] as const) {
      askNow(fake.server, { headers, body })
      assert.strictEqual(askNow(fake.server, { headers, body: other }).status, status)
      assert.strictEqual(fake.requests.charge.length, 1)
    }
  })

  it("is a new charge once the 24 hours are over, and not a moment before", () => {
    const fake = counting()
    const at = (asked: `${number} hours` | `${number} millis`) =>
      idOf(askNow(fake.server, { headers, body, at: asked }))
    assert.strictEqual(at("0 hours"), "ch_1")
    assert.strictEqual(at(`${24 * 3_600_000 - 1} millis`), "ch_1")
    assert.strictEqual(at("24 hours"), "ch_2")
  })

  it("is no duplicate for another operation, nor without a key", () => {
    const fake = counting()
    askNow(fake.server, { headers, body })
    askNow(fake.server, { target: "/pay/v1/orders", headers: { "x-key": '"order-1"' }, body })
    askNow(fake.server, { body })
    askNow(fake.server, { body })
    assert.strictEqual(fake.log.applied(), 4)
  })
})

describe("a failure under a key", () => {
  const failing = (failure: Broken | Declined | Throttled) => {
    let calls = 0
    return FakeProvider.make(Shop, {
      handlers: { charge: () => (calls++ === 0 ? Effect.fail(failure) : { id: "ch_2", amount: 1, paidAt }) }
    })
  }
  const twice = (fake: ReturnType<typeof failing>) => [
    askNow(fake.server, { headers, body }).status,
    askNow(fake.server, { headers, body }).status
  ]

  it("is stored when it says never: 402 twice", () => {
    assert.deepStrictEqual(twice(failing(new Declined({ code: "no" }))), [402, 402])
  })
  it("is stored when the outcome is open: 500 twice", () => {
    assert.deepStrictEqual(twice(failing(new Broken({ trace: "t1" }))), [500, 500])
  })
  it("is forgotten when nothing was done: 429, then 201", () => {
    assert.deepStrictEqual(twice(failing(new Throttled({}))), [429, 201])
  })
  it("is forgotten when the handler broke: 500, then 201", () => {
    let calls = 0
    const fake = FakeProvider.make(Shop, {
      handlers: { charge: () => (calls++ === 0 ? Effect.die("bug") : { id: "ch_2", amount: 1, paidAt }) }
    })
    assert.deepStrictEqual(twice(fake), [500, 201])
  })
})

describe("a second request while the first is being answered", () => {
  const slow = (duplicates: { readonly inFlight?: "wait" | number }) =>
    Effect.map(Deferred.make<void>(), (gate) => ({
      gate,
      fake: FakeProvider.make(Shop, {
        duplicates,
        handlers: { charge: () => Effect.as(Deferred.await(gate), { id: "ch_1", amount: 1, paidAt }) }
      })
    }))

  it.effect("waits for the one answer", () =>
    Effect.gen(function* () {
      const { fake, gate } = yield* slow({})
      const both = [ask(fake.server, { headers, body }), ask(fake.server, { headers, body })]
      yield* Deferred.succeed(gate, undefined)
      const answers = yield* Effect.promise(() => Promise.all(both))
      assert.deepStrictEqual(answers.map(idOf), ["ch_1", "ch_1"])
      assert.deepStrictEqual([fake.requests.charge.length, fake.log.applied()], [1, 1])
    })
  )

  it.effect("is refused with 409 where the provider does that", () =>
    Effect.gen(function* () {
      const { fake, gate } = yield* slow({ inFlight: 409 })
      const first = ask(fake.server, { headers, body })
      const second = yield* Effect.promise(async () => ask(fake.server, { headers, body }))
      assert.strictEqual(second.status, 409)
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* Effect.promise(async () => first)).status, 201)
    })
  )

  it.effect("is what the engine sends after a timeout of 1 s, and both end with 1 charge", () => {
    let charges = 0
    const fake = FakeProvider.make(Shop, {
      handlers: {
        charge: () =>
          Effect.delay(
            Effect.sync(() => ({ id: `ch_${++charges}`, amount: 1, paidAt })),
            "1500 millis"
          )
      }
    })
    return Effect.gen(function* () {
      const shop = yield* Shop
      const fiber = yield* Effect.forkChild(shop.charge.detailed({ payload: order }, { idempotencyKey: "order-1" }))
      yield* TestClock.adjust("10 seconds")
      const { metadata, value } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([value.id, metadata.attempts, charges, fake.log.applied()], ["ch_1", 2, 1, 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })
})
