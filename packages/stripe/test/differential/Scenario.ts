/**
 * What both clients are put through: the same calls, the same faults. A scenario is a
 * value; what it returns is what a caller would look at, without identifiers.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type Stripe from "stripe"
import { Fault, FaultScript, RetryAfterForm } from "surety/testing"
import type * as FakeStripe from "../../src/testing/FakeStripe.ts"
import * as Mishap from "../../src/testing/Mishap.ts"
import type { Ours } from "./Subject.ts"

export interface Scenario {
  readonly name: string
  readonly script?: FaultScript.FaultScript
  readonly mishaps?: () => ReadonlyArray<Mishap.Mishap>
  readonly fake?: () => FakeStripe.Options
  readonly apiKey?: string
  /** `hasty`: 250 ms per attempt for both */
  readonly time?: "patient" | "hasty"
  readonly sdk: (stripe: Stripe) => Promise<unknown>
  readonly ours: (stripe: Ours) => Effect.Effect<unknown, unknown>
}

const order = {
  amount: 1999,
  currency: "eur",
  payment_method: "pm_card_visa",
  confirm: true,
  metadata: { order_id: "o-1", "note to self": "50% of ü & [x]=1" }
} as const

const key = { idempotencyKey: "order-1" } as const

const seen = (intent: { readonly status: string; readonly amount_received: number }) =>
  `${intent.status}, ${intent.amount_received} received`

/** One charge, the same at both. */
const charge = {
  sdk: (stripe: Stripe) => stripe.paymentIntents.create(order, key).then(seen),
  ours: (stripe: Ours) => Effect.map(stripe.createPaymentIntent({ payload: order }, key), seen)
}

const chargeWith = (card: string) => ({
  sdk: (stripe: Stripe) => stripe.paymentIntents.create({ ...order, payment_method: card }, key).then(seen),
  ours: (stripe: Ours) =>
    Effect.map(stripe.createPaymentIntent({ payload: { ...order, payment_method: card } }, key), seen)
})

const retrieve = {
  sdk: (stripe: Stripe) => stripe.paymentIntents.retrieve("pi_none").then(seen),
  ours: (stripe: Ours) => Effect.map(stripe.retrievePaymentIntent({ params: { id: "pi_none" } }), seen)
}

const list = {
  sdk: (stripe: Stripe) => stripe.paymentIntents.list({ limit: 3 }).then((page) => page.data.length),
  ours: (stripe: Ours) => Effect.map(stripe.listPaymentIntents({ query: { limit: 3 } }), (page) => page.data.length)
}

const html = (status: number) =>
  Fault.respond({ status, headers: { "content-type": "text/html" }, body: "<h1>Bad Gateway</h1>" })

export const scenarios: ReadonlyArray<Scenario> = [
  { name: "a charge", ...charge },
  {
    name: "create, confirm, capture a part, refund, retrieve",
    sdk: async (stripe) => {
      const created = await stripe.paymentIntents.create(
        {
          amount: 5000,
          currency: "usd",
          capture_method: "manual",
          automatic_payment_methods: { enabled: true, allow_redirects: "never" },
          metadata: { order_id: "o-1" }
        },
        { idempotencyKey: "create" }
      )
      await stripe.paymentIntents.confirm(
        created.id,
        { payment_method: "pm_card_visa", return_url: "https://shop.example/a?b=c&d" },
        { idempotencyKey: "confirm" }
      )
      const captured = await stripe.paymentIntents.capture(
        created.id,
        { amount_to_capture: 4000 },
        { idempotencyKey: "capture" }
      )
      const refund = await stripe.refunds.create(
        { payment_intent: created.id, amount: 1500, reason: "requested_by_customer" },
        { idempotencyKey: "refund" }
      )
      const found = await stripe.refunds.retrieve(refund.id)
      return [seen(captured), seen(await stripe.paymentIntents.retrieve(created.id)), found.amount]
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        const created = yield* stripe.createPaymentIntent(
          {
            payload: {
              amount: 5000,
              currency: "usd",
              capture_method: "manual",
              automatic_payment_methods: { enabled: true, allow_redirects: "never" },
              metadata: { order_id: "o-1" }
            }
          },
          { idempotencyKey: "create" }
        )
        const params = { id: created.id }
        yield* stripe.confirmPaymentIntent(
          { params, payload: { payment_method: "pm_card_visa", return_url: "https://shop.example/a?b=c&d" } },
          { idempotencyKey: "confirm" }
        )
        const captured = yield* stripe.capturePaymentIntent(
          { params, payload: { amount_to_capture: 4000 } },
          { idempotencyKey: "capture" }
        )
        const refund = yield* stripe.createRefund(
          { payload: { payment_intent: created.id, amount: 1500, reason: "requested_by_customer" } },
          { idempotencyKey: "refund" }
        )
        const found = yield* stripe.retrieveRefund({ params: { id: refund.id } })
        return [seen(captured), seen(yield* stripe.retrievePaymentIntent({ params })), found.amount]
      })
  },
  {
    name: "create and cancel, under keys of the client's own making",
    sdk: async (stripe) => {
      const created = await stripe.paymentIntents.create({ amount: 500, currency: "usd" }, key)
      return seen(await stripe.paymentIntents.cancel(created.id, { cancellation_reason: "abandoned" }))
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        const created = yield* stripe.createPaymentIntent({ payload: { amount: 500, currency: "usd" } }, key)
        return seen(
          yield* stripe.cancelPaymentIntent({
            params: { id: created.id },
            payload: { cancellation_reason: "abandoned" }
          })
        )
      })
  },
  {
    name: "a request without parameters",
    sdk: async (stripe) => {
      const created = await stripe.paymentIntents.create({ amount: 500, currency: "usd" }, key)
      return seen(await stripe.paymentIntents.cancel(created.id))
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        const created = yield* stripe.createPaymentIntent({ payload: { amount: 500, currency: "usd" } }, key)
        return seen(yield* stripe.cancelPaymentIntent({ params: { id: created.id }, payload: {} }))
      })
  },
  {
    name: "a customer, created and retrieved",
    sdk: async (stripe) => {
      const created = await stripe.customers.create({
        name: "Ada",
        address: { city: "Zürich", line1: "1 & 2" },
        preferred_locales: ["de", "fr"]
      })
      const found = await stripe.customers.retrieve(created.id)
      return found.deleted === true ? "deleted" : found.name
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        const created = yield* stripe.createCustomer({
          payload: {
            name: "Ada",
            address: { city: "Zürich", line1: "1 & 2" },
            preferred_locales: ["de", "fr"]
          }
        })
        const found = yield* stripe.retrieveCustomer({ params: { id: created.id } })
        return "deleted" in found ? "deleted" : found.name
      })
  },
  {
    name: "7 intents in pages of 3",
    sdk: async (stripe) => {
      for (let index = 1; index <= 7; index++) {
        await stripe.paymentIntents.create({ amount: 500 + index, currency: "usd" }, { idempotencyKey: `o-${index}` })
      }
      const all = await stripe.paymentIntents.list({ limit: 3, created: { gte: 1 } }).autoPagingToArray({ limit: 100 })
      return all.map((intent) => intent.amount)
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        for (let index = 1; index <= 7; index++) {
          yield* stripe.createPaymentIntent(
            { payload: { amount: 500 + index, currency: "usd" } },
            { idempotencyKey: `o-${index}` }
          )
        }
        const all = yield* Stream.runCollect(
          stripe.listPaymentIntents.items({ query: { limit: 3, "created[gte]": 1 } })
        )
        return all.map((intent) => intent.amount)
      })
  },

  { name: "a declined card", ...chargeWith("pm_card_visa_chargeDeclinedInsufficientFunds") },
  { name: "an unknown card", ...chargeWith("pm_none") },
  { name: "an unknown intent", ...retrieve },
  {
    name: "a capture of what was captured",
    sdk: async (stripe) => {
      const paid = await stripe.paymentIntents.create(order, key)
      return seen(await stripe.paymentIntents.capture(paid.id, {}, { idempotencyKey: "capture" }))
    },
    ours: (stripe) =>
      Effect.gen(function* () {
        const paid = yield* stripe.createPaymentIntent({ payload: order }, key)
        return seen(
          yield* stripe.capturePaymentIntent({ params: { id: paid.id }, payload: {} }, { idempotencyKey: "capture" })
        )
      })
  },
  { name: "a wrong API key", apiKey: "sk_test_wrong", ...charge },
  {
    name: "an API key without the permission",
    apiKey: "rk_test_read",
    fake: () => ({ keys: { rk_test_read: ["refunds:read"] } }),
    ...charge
  },

  {
    name: "the same key twice",
    sdk: async (stripe) => [await charge.sdk(stripe), await charge.sdk(stripe)],
    ours: (stripe) => Effect.all([charge.ours(stripe), charge.ours(stripe)])
  },
  {
    name: "the same key with another amount",
    sdk: async (stripe) => {
      await charge.sdk(stripe)
      return stripe.paymentIntents.create({ ...order, amount: 2000 }, key).then(seen)
    },
    ours: (stripe) =>
      Effect.andThen(
        charge.ours(stripe),
        Effect.map(stripe.createPaymentIntent({ payload: { ...order, amount: 2000 } }, key), seen)
      )
  },
  {
    name: "a key of 256 characters",
    sdk: (stripe) => stripe.paymentIntents.create(order, { idempotencyKey: "k".repeat(256) }).then(seen),
    ours: (stripe) =>
      Effect.map(stripe.createPaymentIntent({ payload: order }, { idempotencyKey: "k".repeat(256) }), seen)
  },
  {
    name: "the first attempt still executes when the second comes, and is done for the third",
    time: "hasty",
    fake: () => {
      let finish = (): void => {}
      const done = new Promise<void>((resolve) => (finish = resolve))
      return {
        mishap: ({ index }) => {
          if (index === 1) finish()
          return index === 0 ? Mishap.slowExecution(done) : undefined
        }
      }
    },
    ...charge
  },

  { name: "429, then well", mishaps: () => [Mishap.rateLimited()], ...charge },
  { name: "429 for a read, then well", mishaps: () => [Mishap.rateLimited()], ...list },
  { name: "400 rate_limit, then well", mishaps: () => [Mishap.rateLimited({ status: 400 })], ...charge },
  {
    name: "429 that says to retry, then well",
    mishaps: () => [Mishap.rateLimited({ shouldRetry: true })],
    ...charge
  },
  {
    name: "429 that says not to retry",
    mishaps: () => [Mishap.rateLimited({ shouldRetry: false })],
    ...charge
  },
  {
    name: "429 three times",
    mishaps: () => [Mishap.rateLimited(), Mishap.rateLimited(), Mishap.rateLimited()],
    ...charge
  },
  { name: "a lock timeout, then well", mishaps: () => [Mishap.lockTimeout()], ...charge },

  {
    name: "503 before the execution, then well",
    mishaps: () => [Mishap.serverError("before-execution", { status: 503 })],
    ...charge
  },
  {
    name: "503 for a read, then well",
    mishaps: () => [Mishap.serverError("before-execution", { status: 503 })],
    ...list
  },
  {
    name: "503 three times before the execution",
    mishaps: () => [1, 2, 3].map(() => Mishap.serverError("before-execution", { status: 503 })),
    ...charge
  },
  {
    name: "503 that names a wait of 1 s, then well",
    script: FaultScript.of(Fault.unavailable(RetryAfterForm.seconds("1 second"))),
    ...charge
  },
  {
    name: "500 after the charge, stored",
    mishaps: () => [Mishap.serverError("after-execution")],
    ...charge
  },
  {
    name: "500 that rolled back, stored",
    mishaps: () => [Mishap.serverError("during-execution")],
    ...charge
  },
  {
    name: "500 after the charge that says not to retry",
    mishaps: () => [Mishap.serverError("after-execution", { shouldRetry: false })],
    ...charge
  },
  { name: "502 from an edge, in HTML, then well", script: FaultScript.of(html(502)), ...charge },
  { name: "502 from an edge, in HTML, three times", script: FaultScript.repeat(html(502), 3), ...charge },
  { name: "200 in HTML", script: FaultScript.of(html(200)), ...charge },

  { name: "reset before the charge, then well", script: FaultScript.of(Fault.resetBefore), ...charge },
  { name: "reset after the charge, then well", script: FaultScript.of(Fault.resetAfter), ...charge },
  { name: "reset after the charge, three times", script: FaultScript.repeat(Fault.resetAfter, 3), ...charge },
  { name: "reset three times for a read", script: FaultScript.repeat(Fault.resetBefore, 3), ...list },
  {
    name: "nobody listens",
    script: FaultScript.window({ from: "0 seconds", to: "10 seconds" }, Fault.refuse),
    ...charge
  },
  { name: "the body is cut after 20 bytes, then well", script: FaultScript.of(Fault.cutAfter(20)), ...charge },
  {
    name: "the head comes too late, then well",
    time: "hasty",
    script: FaultScript.of(Fault.stallHead("600 millis")),
    ...charge
  },
  {
    name: "the body stops halfway, then well",
    time: "hasty",
    script: FaultScript.of(Fault.stallBody("600 millis", 20)),
    ...charge
  }
]
