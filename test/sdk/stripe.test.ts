/**
 * The official `stripe` package under a contract, against a fake Stripe on a real port.
 * Virtual time moves the engine's clock; sockets take the time they take.
 */
import { assert, describe, it } from "@effect/vitest"
import * as FakeStripe from "@surety/stripe/testing/FakeStripe"
import * as Mishap from "@surety/stripe/testing/Mishap"
import { Cause, Effect, Fiber, Layer, Redacted } from "effect"
import * as TestClock from "effect/testing/TestClock"
import Stripe from "stripe"
import { Failure, Provider } from "surety"
import { Fault, FaultScript, RetryAfterForm } from "surety/testing"
import { CardDeclined, KeyInUse, type Order, Payments, RateLimited, Refused, settings } from "./Payments.ts"
import { everythingIn, gate, type Served, serve, until } from "./Served.ts"

const secret = "sk_test_fake"
const order: Order = { id: "o-1", amount: 1999, card: "pm_card_visa" }
const once = { idempotencyKey: "order-1" }

type Fake = Served<FakeStripe.FakeStripe>
const layerOf = ({ url }: Fake, key = secret) =>
  Layer.provide(Payments.layerAt(url), Payments.Credentials.layer(Redacted.make(key)))

/** A payment that the fake already knows. */
const paid = ({ fake }: Fake) =>
  Effect.flatMap(Payments, (_) => _.pay(order, once)).pipe(
    Effect.map(({ id }) => {
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
      return id
    })
  )

describe("an error of the official stripe package", () => {
  const cases: ReadonlyArray<{
    readonly name: string
    readonly script?: FaultScript.FaultScript
    readonly mishaps?: ReadonlyArray<Mishap.Mishap>
    readonly order?: Partial<Order>
    readonly key?: string
    readonly gives: ReadonlyArray<string>
    readonly requests: number
  }> = [
    {
      name: "402 is a declined card after 1 request",
      order: { card: "pm_card_visa_chargeDeclined" },
      gives: ["CardDeclined"],
      requests: 1
    },
    { name: "400 is a refusal after 1 request", order: { amount: -1 }, gives: ["Refused"], requests: 1 },
    { name: "401 is a refusal after 1 request", key: "sk_test_wrong", gives: ["Refused"], requests: 1 },
    {
      name: "429 is a limit, and 3 of them end the call",
      script: FaultScript.repeat(Fault.tooManyRequests()),
      gives: ["RetriesExhausted", "RateLimited"],
      requests: 3
    },
    {
      name: "429 with a wait of 60 seconds ends a call of 10 seconds at once",
      script: FaultScript.of(Fault.tooManyRequests(RetryAfterForm.seconds("1 minute"))),
      gives: ["RetriesExhausted", "RateLimited"],
      requests: 1
    },
    {
      name: "500 is undeclared, and the outcome of 3 of them is unknown",
      mishaps: [1, 2, 3].map(() => Mishap.serverError("before-execution")),
      gives: ["OutcomeUnknown", "UndeclaredStatus"],
      requests: 3
    },
    {
      name: "a connection that was reset 3 times leaves the outcome unknown",
      script: FaultScript.repeat(Fault.resetBefore),
      gives: ["OutcomeUnknown", "ConnectionLost"],
      requests: 3
    },
    {
      name: "a body that is cut after 20 bytes, 3 times, leaves the outcome unknown",
      script: FaultScript.repeat(Fault.cutAfter(20)),
      gives: ["OutcomeUnknown", "ConnectionLost"],
      requests: 3
    },
    {
      name: "a page of HTML with status 200, 3 times, leaves the outcome unknown",
      script: FaultScript.repeat(Fault.respond({ status: 200, body: "<html>" })),
      gives: ["OutcomeUnknown", "ConnectionLost"],
      requests: 3
    }
  ]
  for (const { gives, key = secret, mishaps = [], name, order: changed, requests, script } of cases) {
    it.live(`${name}, and shows no key`, () =>
      Effect.gen(function* () {
        const served = yield* serve(FakeStripe.make(), script)
        served.fake.inject(...mishaps)
        const error = yield* Effect.flatMap(Payments, (_) => _.pay({ ...order, ...changed }, once)).pipe(
          Effect.flip,
          Effect.provide(layerOf(served, key))
        )
        assert.deepStrictEqual([error._tag, ...("reason" in error ? [error.reason._tag] : [])], gives)
        assert.strictEqual(served.log.count(), requests)
        assert.deepStrictEqual(served.log.keys(), ["order-1"])
        assert.notInclude(everythingIn(error), key)
        assert.notInclude(Cause.pretty(Cause.fail(error)), key)
      })
    )
  }

  it.live("of a refused connection is the one that proves that nothing was sent", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(serve(FakeStripe.make()))
      const error = yield* Effect.flatMap(Payments, (_) => _.pay(order, once)).pipe(
        Effect.flip,
        Effect.provide(layerOf(gone))
      )
      assert.strictEqual(error._tag === "RetriesExhausted" && error.reason._tag, "NotSent")
    })
  )

  it.live("404 is a refusal that a read does not repeat", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make())
      const error = yield* Effect.flatMap(Payments, (_) => _.find("pi_none")).pipe(
        Effect.flip,
        Effect.provide(layerOf(served))
      )
      assert.deepStrictEqual(error, new Refused({ status: 404, code: "resource_missing" }))
      assert.strictEqual(served.log.count(), 1)
    })
  )

  it("becomes a failure that says whether it may be sent again", () => {
    assert.deepStrictEqual(
      [CardDeclined, RateLimited, KeyInUse, Refused].map(({ disposition, tag }) => [tag, disposition]),
      [
        ["CardDeclined", "never"],
        ["RateLimited", "safe"],
        ["KeyInUse", "idempotent-only"],
        ["Refused", "never"]
      ]
    )
    assert.isFalse(Failure.isFailure(new Stripe.errors.StripeAPIError()))
  })
})

describe("a payment over the official stripe package", () => {
  it.live("is charged once when the connection is reset after the charge, under 1 key on 2 attempts", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make(), FaultScript.of(Fault.resetAfter))
      const { metadata, value } = yield* Effect.flatMap(Payments, (_) => _.pay.detailed(order, once)).pipe(
        Effect.provide(layerOf(served))
      )
      assert.strictEqual(value.status, "succeeded")
      assert.strictEqual(metadata.attempts, 2)
      assert.deepStrictEqual(
        served.log.entries.map(({ attempt, key }) => [attempt, key]),
        [
          [1, "order-1"],
          [2, "order-1"]
        ]
      )
      assert.strictEqual(served.fake.ledger.chargesOf("o-1").length, 1)
    })
  )

  it.live("is found again by a read after a 503, in 2 requests without a key", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make(), FaultScript.of(Fault.ok, Fault.unavailable()))
      const { id, found } = yield* Effect.gen(function* () {
        const id = yield* paid(served)
        return { id, found: yield* Effect.flatMap(Payments, (_) => _.find(id)) }
      }).pipe(Effect.provide(layerOf(served)))
      assert.deepStrictEqual(found, { id, status: "succeeded" })
      assert.deepStrictEqual(
        served.log.entries.map(({ key, method, status }) => [method, key, status]),
        [
          ["POST", "order-1", 200],
          ["GET", undefined, 503],
          ["GET", undefined, 200]
        ]
      )
    })
  )

  it.live("is sent with a rotated key from the next call on", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make({ keys: { sk_test_old: "full", sk_test_new: "full" } }))
      let current = "sk_test_old"
      const credentials = Payments.Credentials.layerFrom(
        Effect.succeed({ current: Effect.sync(() => Redacted.make(current)) })
      )
      yield* Effect.gen(function* () {
        const { find, pay } = yield* Payments
        const { id } = yield* pay(order, once)
        current = "sk_test_new"
        yield* find(id)
        yield* find(id)
      }).pipe(Effect.provide(Layer.provide(Payments.layerAt(served.url), credentials)))
      const sent = served.log.entries.map(({ requestHeaders }) => requestHeaders["authorization"])
      assert.notStrictEqual(sent[0], sent[1])
      assert.strictEqual(sent[1], sent[2])
    })
  )
})

describe("a detached call of the official stripe package", () => {
  it.effect("keeps its permit after the timeout of 2 seconds, while the 2nd attempt answers", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make())
      yield* Effect.gen(function* () {
        const payments = yield* Payments
        const id = yield* paid(served)
        const slow = gate()
        served.fake.inject(Mishap.slowExecution(slow.opened))
        const fiber = yield* Effect.forkChild(payments.find.detailed(id))
        yield* until("the read arrives", () => served.log.count() === 2)
        yield* TestClock.adjust("2 seconds")
        yield* TestClock.adjust("20 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).metadata.attempts, 2)
        assert.strictEqual(Provider.control(payments)?.inFlight(), 1)
        assert.strictEqual(served.closedByClient(), 0)
        slow.open()
        yield* until("the first read settles", () => Provider.control(payments)?.inFlight() === 0)
        assert.deepStrictEqual(served.log.statuses(), [200, 200, 200])
      }).pipe(Effect.provide(layerOf(served)))
    })
  )

  it.effect("charges once when the timeout of 2 seconds meets a charge that is still executing", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make())
      const slow = gate()
      served.fake.inject(Mishap.slowExecution(slow.opened))
      yield* Effect.gen(function* () {
        const payments = yield* Payments
        const fiber = yield* Effect.forkChild(Effect.flip(payments.pay(order, once)))
        yield* until("the charge arrives", () => served.log.count() === 1)
        yield* TestClock.adjust("2 seconds")
        for (const arrived of [2, 3]) {
          yield* TestClock.adjust("20 millis")
          yield* until(`request ${arrived} is answered`, () => served.log.entries[arrived - 1]?.status === 409)
          yield* until("the client has settled", () => Provider.control(payments)?.inFlight() === 1)
        }
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag, "OutcomeUnknown")
        if (error._tag !== "OutcomeUnknown") return
        assert.strictEqual(error.reason._tag, "KeyInUse")
        assert.strictEqual(error.reconcile, "same-key")
        assert.strictEqual(served.fake.ledger.verdict("o-1"), "never")
        slow.open()
        yield* until("the charge settles", () => Provider.control(payments)?.inFlight() === 0)
        assert.strictEqual(served.fake.ledger.verdict("o-1"), "chargedOnce")
        yield* payments.pay(order, once)
      }).pipe(Effect.provide(layerOf(served)))
      assert.deepStrictEqual(served.log.keys(), ["order-1"])
      assert.strictEqual(served.fake.ledger.chargesOf("o-1").length, 1)
    })
  )

  it.effect("lets an interrupted caller go at once, and keeps its permit until the charge is made", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make())
      const slow = gate()
      served.fake.inject(Mishap.slowExecution(slow.opened))
      yield* Effect.gen(function* () {
        const payments = yield* Payments
        const fiber = yield* Effect.forkChild(payments.pay(order, once))
        yield* until("the charge arrives", () => served.log.count() === 1)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(Provider.control(payments)?.inFlight(), 1)
        assert.strictEqual(served.closedByClient(), 0)
        slow.open()
        yield* until("the charge settles", () => Provider.control(payments)?.inFlight() === 0)
      }).pipe(Effect.provide(layerOf(served)))
      assert.strictEqual(served.fake.ledger.verdict("o-1"), "chargedOnce")
      assert.strictEqual(served.log.count(), 1)
    })
  )

  it.effect("leaves 0 of 4 permits to a 5th call while 4 that were given up still run", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeStripe.make())
      yield* Effect.gen(function* () {
        const payments = yield* Payments
        const id = yield* paid(served)
        const slow = gate()
        served.fake.inject(...[1, 2, 3, 4].map(() => Mishap.slowExecution(slow.opened)))
        const four = yield* Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(payments.find(id)))
        yield* until("4 reads arrive", () => served.log.count() === 5)
        yield* Fiber.interruptAll(four)
        const fifth = yield* Effect.forkChild(payments.find(id))
        yield* until("the 5th waits", () => Provider.control(payments)?.waiting() === 1)
        assert.strictEqual(Provider.control(payments)?.inFlight(), 4)
        assert.strictEqual(served.log.count(), 5)
        slow.open()
        assert.strictEqual((yield* Fiber.join(fifth)).status, "succeeded")
      }).pipe(Effect.provide(layerOf(served)))
    })
  )
})

describe("the settings of the official stripe package", () => {
  const create = (client: Stripe) =>
    Effect.promise(() =>
      client.paymentIntents.create({ amount: 1999, currency: "eur" }).then(
        () => "well",
        (error: unknown) => (error as Stripe.errors.StripeError).type
      )
    )
  const clientOf = ({ url }: Fake, over: Partial<Stripe.StripeConfig>) =>
    new Stripe(secret, { ...settings, host: "127.0.0.1", port: new URL(url).port, protocol: "http", ...over })

  it.live("need a client over fetch: over node:http, 1 call with 0 retries is 2 requests", () =>
    Effect.gen(function* () {
      const overHttp = yield* serve(FakeStripe.make(), FaultScript.of(Fault.resetBefore))
      assert.strictEqual(yield* create(clientOf(overHttp, {})), "well")
      assert.strictEqual(overHttp.log.count(), 2)
      const overFetch = yield* serve(FakeStripe.make(), FaultScript.of(Fault.resetBefore))
      const httpClient = Stripe.createFetchHttpClient()
      assert.strictEqual(yield* create(clientOf(overFetch, { httpClient })), "StripeConnectionError")
      assert.strictEqual(overFetch.log.count(), 1)
    })
  )
})
