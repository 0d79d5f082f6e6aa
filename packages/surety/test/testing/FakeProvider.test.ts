import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TransportFailure } from "surety"
import { FakeProvider, Fault, FaultScript, RetryAfterForm, Sample } from "surety/testing"
import { askNow, settled } from "./Settled.ts"
import { Charge, Declined, Shop, Tick } from "./Shop.ts"
import { calls, inBrief, wired } from "./ShopCalls.ts"

const order = {
  amount: 1999,
  currency: "eur",
  items: [
    { sku: "tea", count: 2 },
    { sku: "cup", count: 1 }
  ]
} as const
const paidAt = new Date(Date.UTC(2026, 9, 28))
const paid = { id: "ch_1", amount: 1999, paidAt }
const body = JSON.stringify(order)

describe("a fake made from a contract", () => {
  it.effect("gives the handler the decoded payload and the client the decoded result", () => {
    const fake = FakeProvider.make(Shop, {
      handlers: { charge: ({ payload }) => ({ ...paid, amount: payload.amount + 1 }) }
    })
    const payload = { ...order, placedAt: paidAt }
    return Effect.gen(function* () {
      const shop = yield* Shop
      const charge = yield* settled(shop.charge({ payload }, { idempotencyKey: "order-1" }))
      assert.deepStrictEqual(charge, { ...paid, amount: 2000 })
      assert.deepStrictEqual(fake.requests.charge, [{ payload }])
      assert.deepStrictEqual(fake.log.statuses(), [201])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("logs the operation, the path with its base of 4 letters, and the key", () => {
    const fake = FakeProvider.make(Shop)
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      yield* settled(shop.cancel({ params: { id: "ch_1" } }))
      assert.deepStrictEqual(
        fake.log.entries.map((entry) => [entry.operation, entry.method, entry.path, entry.key]),
        [
          ["charge", "POST", "/pay/v1/charges", "order-1"],
          ["cancel", "DELETE", "/pay/v1/charges/ch_1", undefined]
        ]
      )
      assert.strictEqual(fake.log.of("cancel").count(), 1)
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("shows the same 12 digits of the credential on both of 2 attempts, and never the credential", () => {
    const fake = FakeProvider.make(Shop, { script: FaultScript.of(Fault.resetBefore) })
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      const shown = fake.log.entries.map((entry) => entry.requestHeaders["authorization"])
      assert.strictEqual(shown.length, 2)
      assert.match(shown[0] ?? "", /^sha256:[0-9a-f]{12}$/)
      assert.strictEqual(shown[0], shown[1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("reads a form with brackets back to numbers, booleans, lists and records, and unquotes its key", () => {
    const fake = FakeProvider.make(Shop, { handlers: { order: () => paid } })
    const payload = { ...order, express: true, placedAt: paidAt, metadata: { cart: "a b&c=d" } }
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.order({ payload }, { idempotencyKey: "o-7" }))
      assert.deepStrictEqual(fake.requests.order, [{ payload }])
      assert.deepStrictEqual(fake.log.keys(), ["o-7"])
      assert.strictEqual(fake.log.entries[0]?.requestHeaders["x-key"], '"o-7"')
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("reads parameters, a list of 1 in the query, numbers and headers", () => {
    const fake = FakeProvider.make(Shop, { handlers: { getCharge: () => paid } })
    const request = {
      params: { id: "a/b c%" },
      query: { expand: ["customer"], limit: 3 },
      headers: { "x-region": "eu-1" }
    }
    return Effect.gen(function* () {
      const shop = yield* Shop
      assert.deepStrictEqual(yield* settled(shop.getCharge(request)), paid)
      assert.deepStrictEqual(fake.requests.getCharge, [request])
      assert.strictEqual(fake.log.entries[0]?.path, "/pay/v1/charges/a%2Fb%20c%25")
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("answers 204 for an operation that declares no success", () => {
    const fake = FakeProvider.make(Shop)
    return Effect.gen(function* () {
      const shop = yield* Shop
      assert.strictEqual(yield* settled(shop.cancel({ params: { id: "ch_1" } })), undefined)
      assert.deepStrictEqual(fake.log.statuses(), [204])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("runs a handler that needs 400 ms on the clock of the test", () => {
    const fake = FakeProvider.make(Shop, {
      handlers: { charge: () => Effect.delay(Effect.succeed(paid), "400 millis") }
    })
    return Effect.gen(function* () {
      const shop = yield* Shop
      const { metadata } = yield* settled(shop.charge.detailed({ payload: order }, { idempotencyKey: "order-1" }))
      assert.deepStrictEqual([metadata.attempts, metadata.elapsedMillis], [1, 400])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("tells a handler the key, the attempt and the virtual time of each of 2 requests", () => {
    const told: Array<readonly [string | undefined, number, number]> = []
    const fake = FakeProvider.make(Shop, {
      script: FaultScript.of(Fault.unavailable(), Fault.latency("250 millis")),
      handlers: {
        charge: (_, { attempt, index, key }) => {
          told.push([key, attempt, index])
          return paid
        }
      }
    })
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      assert.deepStrictEqual(told, [["order-1", 2, 1]])
      assert.deepStrictEqual(
        fake.log.entries.map(({ fault }) => fault),
        ["Unavailable", "Latency"]
      )
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it("refuses a contract that it was not made from", () => {
    const fake = FakeProvider.make(Shop)
    assert.throws(
      () => fake.layerFor({ ...Shop.contract, id: "test/Other" } as never),
      "this fake was made for test/Shop and is given to test/Other"
    )
  })

  it("takes handlers for declared operations, results and failures only", () => {
    // @ts-expect-error no such operation
    FakeProvider.make(Shop, { handlers: { chrge: () => paid } })
    // @ts-expect-error id is text
    FakeProvider.make(Shop, { handlers: { charge: () => ({ ...paid, id: 1 }) } })
    const lost = new TransportFailure.ConnectionLost({ code: "reset" })
    // @ts-expect-error transport failures come from the script
    FakeProvider.make(Shop, { handlers: { charge: () => Effect.fail(lost) } })
    // @ts-expect-error an element is incomplete
    FakeProvider.make(Shop, { handlers: { ticks: () => [{ n: 1 }] } })
    const needy = Effect.as(Effect.service(Context.Service<Scope.Scope>("needed")), paid)
    // @ts-expect-error handlers need nothing
    FakeProvider.make(Shop, { handlers: { charge: () => needy } })
    FakeProvider.make(Shop, { handlers: { charge: () => Effect.fail(new Declined({ code: "no" })) } })
  })
})

describe("a plain script", () => {
  it.effect("resets the first charge after it was applied, and the second attempt is answered", () =>
    Effect.gen(function* () {
      const shop = yield* Shop
      const { metadata } = yield* settled(shop.charge.detailed({ payload: order }, { idempotencyKey: "order-1" }))
      assert.strictEqual(metadata.attempts, 2)
    }).pipe(Effect.provide(Shop.layerFake(FaultScript.of(Fault.resetAfter))))
  )

  it.effect("begins anew each time the layer is built", () => {
    const layer = Shop.layerFake(FaultScript.of(Fault.resetAfter))
    const attempts = Effect.gen(function* () {
      const shop = yield* Shop
      const { metadata } = yield* settled(shop.charge.detailed({ payload: order }, { idempotencyKey: "order-1" }))
      return metadata.attempts
    })
    return Effect.gen(function* () {
      assert.strictEqual(yield* Effect.provide(attempts, layer), 2)
      assert.strictEqual(yield* Effect.provide(attempts, layer), 2)
    })
  })

  it.effect("hits 1 of 2 operations when it names one", () => {
    const script = FaultScript.when({ operation: "cancel" }, FaultScript.of(Fault.resetBefore))
    const fake = FakeProvider.make(Shop, { script })
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      yield* settled(shop.cancel({ params: { id: "ch_1" } }))
      assert.deepStrictEqual([fake.log.of("charge").count(), fake.log.of("cancel").count()], [1, 2])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("answers a scripted 429 as the failure that the contract declares, and its 3 s are waited", () => {
    const script = FaultScript.of(Fault.tooManyRequests(RetryAfterForm.seconds("3 seconds")))
    const fake = FakeProvider.make(Shop, { script })
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(shop.charge({ payload: order }, { idempotencyKey: "order-1" }))
      assert.deepStrictEqual(fake.log.statuses(), [429, 201])
      assert.isAtLeast(fake.log.entries[1]?.atMillis ?? 0, 3000)
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })
})

describe("what the fake itself refuses", () => {
  it("answers 404 to a request of no operation, applies nothing and says so", () => {
    const fake = FakeProvider.make(Shop)
    assert.strictEqual(askNow(fake.server, { target: "/v1/charges", body }).status, 404)
    assert.strictEqual(askNow(fake.server, { method: "PUT", body }).status, 404)
    assert.strictEqual(fake.log.applied(), 0)
    assert.strictEqual(fake.log.entries[0]?.note, "no operation of test/Shop answers POST /v1/charges")
  })

  const undecodable: ReadonlyArray<readonly [string, Parameters<typeof askNow>[1], string]> = [
    ["a missing member", { body: JSON.stringify({ ...order, amount: undefined }) }, "payload.amount"],
    [
      "a wrong list element",
      { body: JSON.stringify({ ...order, items: [{ sku: 1, count: 1 }] }) },
      "payload.items[0].sku"
    ],
    ["no JSON", { body: "{" }, "payload"],
    ["no body", { body: "" }, "payload"],
    ["a wrong query", { method: "GET", target: "/pay/v1/charges/ch_1?limit=x" }, "query.limit"]
  ]
  it.each(undecodable)("answers 400 with the path to %s, and runs no handler", (_, asked, path) => {
    const fake = FakeProvider.make(Shop)
    const response = askNow(fake.server, asked)
    assert.strictEqual(response.status, 400)
    assert.include(String(response.body), path)
    assert.strictEqual(fake.log.entries[0]?.note?.startsWith(`${path}: `), true)
    assert.deepStrictEqual([fake.log.applied(), fake.requests.charge.length], [0, 0])
  })

  it("uses the provider's own envelope for both", () => {
    const fake = FakeProvider.make(Shop, {
      errorResponse: (status, detail) => ({ status, body: `E${status} ${detail?.slice(0, 14)}` })
    })
    assert.strictEqual(askNow(fake.server, { body: "{" }).body, "E400 payload: Expec")
    assert.strictEqual(askNow(fake.server, { target: "/" }).body, "E404 no operation o")
  })

  it("answers 500 when a handler dies or gives no declared success, with the reason in the log", () => {
    const fake = FakeProvider.make(Shop, {
      handlers: {
        charge: () => Effect.die(new Error("no stock")),
        cancel: () => Effect.fail({ _tag: "Surprise" } as never),
        refund: () => ({ ...paid, amount: 1.5 })
      }
    })
    assert.strictEqual(askNow(fake.server, { body }).status, 500)
    assert.strictEqual(askNow(fake.server, { method: "DELETE", target: "/pay/v1/charges/ch_1" }).status, 500)
    assert.strictEqual(askNow(fake.server, { target: "/pay/v1/refunds", body: `{"charge":"ch_1"}` }).status, 500)
    const notes = fake.log.entries.map((entry) => entry.note)
    assert.strictEqual(notes[0], "the handler of the fake threw: Error: no stock")
    assert.include(notes[1] ?? "", "cancel: the handler failed with something that the operation does not declare")
    assert.include(notes[2] ?? "", "refund: the handler's value is none of the declared successes")
  })

  it.effect("warns on each of 3 attempts that the handler died, because the client sees a 500 and no reason", () => {
    const warnings: Array<unknown> = []
    // the engine has events of its own about a provider that answers 500
    const logger = Logger.make(({ logLevel, message }) => {
      if (!String(message).startsWith("integration.")) warnings.push([logLevel, message])
    })
    const fake = FakeProvider.make(Shop, { handlers: { charge: () => Effect.die(new Error("no stock")) } })
    return Effect.gen(function* () {
      const shop = yield* Shop
      yield* settled(Effect.result(shop.charge({ payload: order }, { idempotencyKey: "order-1" })))
      const warning = "test/Shop: the handler of the fake threw, its client gets a 500: Error: no stock"
      assert.deepStrictEqual(warnings, Array(3).fill(["Warn", [warning]]))
    }).pipe(Effect.provide(Shop.layerFake(fake)), Effect.provide(Logger.layer([logger])))
  })
})

describe("without handlers", () => {
  const draw = (seed: number) => Sample.values(Charge, { seed, subject: "charge" })

  it("draws the same charge for the same seed and another for another", () => {
    assert.deepStrictEqual(draw(7), draw(7))
    assert.notDeepEqual(draw(7), draw(8))
  })

  it("says which operation has no sample", () => {
    assert.throws(
      () => Sample.values(Tick.check(Schema.makeFilter(() => false)), { seed: 1, subject: "shop.ticks" }),
      /^shop\.ticks: its schema/
    )
  })

  it.effect.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "all 8 operations with a wire answer what their clients accept (seed %i)",
    (seed) => {
      const fake = FakeProvider.make(Shop, { seed })
      return Effect.gen(function* () {
        const shop = yield* Shop
        for (const name of wired) {
          const outcome = yield* settled(
            Effect.match(calls[name][1](shop), { onFailure: inBrief, onSuccess: () => "ok" })
          )
          assert.deepStrictEqual([name, outcome], [name, "ok"])
        }
        assert.strictEqual(fake.log.count(), 8)
      }).pipe(Effect.provide(Shop.layerFake(fake)))
    }
  )
})
