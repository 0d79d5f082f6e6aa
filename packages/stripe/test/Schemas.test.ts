/** What the fake sends, as the official SDK passes it on, decodes. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Customer from "../src/Customer.ts"
import * as PaymentIntent from "../src/PaymentIntent.ts"
import * as Refund from "../src/Refund.ts"
import { serve } from "./ServedStripe.ts"

/** The object as it was on the wire. */
const sent = (resource: object): unknown => JSON.parse(JSON.stringify(resource))

describe("schemas", () => {
  it.live("read every payment intent, refund, customer and page that the fake can send", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const base = { amount: 1999, currency: "eur" }
      const created = yield* Effect.promise(() => stripe.paymentIntents.create(base))
      const held = yield* Effect.promise(() =>
        stripe.paymentIntents.create({
          ...base,
          payment_method: "pm_card_visa",
          confirm: true,
          capture_method: "manual"
        })
      )
      const acting = yield* Effect.promise(() =>
        stripe.paymentIntents.create({ ...base, payment_method: "pm_card_authenticationRequired", confirm: true })
      )
      const paid = yield* Effect.promise(() => stripe.paymentIntents.capture(held.id))
      yield* Effect.promise(() =>
        stripe.paymentIntents
          .create({ ...base, payment_method: "pm_card_chargeDeclined", confirm: true })
          .then(undefined, () => undefined)
      )
      const canceled = yield* Effect.promise(() => stripe.paymentIntents.cancel(created.id))
      const decode = Schema.decodeUnknownSync(PaymentIntent.PaymentIntent)
      for (const intent of [created, held, acting, paid, canceled]) {
        const decoded = decode(sent(intent))
        assert.strictEqual(decoded.status, intent.status)
        assert.strictEqual(DateTime.toEpochMillis(decoded.created), intent.created * 1000)
      }
      const page = Schema.decodeUnknownSync(PaymentIntent.Page)(
        sent(yield* Effect.promise(() => stripe.paymentIntents.list()))
      )
      assert.deepStrictEqual(
        page.data.map((intent) => intent.status),
        ["requires_payment_method", "requires_action", "succeeded", "canceled"]
      )
      assert.strictEqual(page.data[0]?.last_payment_error?.decline_code, "generic_decline")
      for (const method of ["pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail"]) {
        const intent = yield* Effect.promise(() =>
          stripe.paymentIntents.create({ ...base, payment_method: method, confirm: true })
        )
        const refund = yield* Effect.promise(() => stripe.refunds.create({ payment_intent: intent.id }))
        assert.strictEqual(Schema.decodeUnknownSync(Refund.Refund)(sent(refund)).status, refund.status)
      }
      const customer = yield* Effect.promise(() => stripe.customers.create({ name: "Ada" }))
      assert.strictEqual(Schema.decodeUnknownSync(Customer.Customer)(sent(customer)).name, "Ada")
    })
  )

  it("read an intent without any of the 12 members that Stripe's description does not require", () => {
    const intent = Schema.decodeUnknownSync(PaymentIntent.PaymentIntent)({
      id: "pi_1",
      object: "payment_intent",
      amount: 1999,
      amount_capturable: 0,
      amount_received: 1999,
      capture_method: "automatic",
      created: 1_790_000_000,
      currency: "eur",
      livemode: false,
      status: "succeeded"
    })
    assert.deepStrictEqual([intent.latest_charge, intent.client_secret, intent.metadata], [null, null, {}])
  })

  it("accept a status that Stripe adds later", () => {
    assert.strictEqual(Schema.decodeUnknownSync(PaymentIntent.Status)("requires_patience"), "requires_patience")
  })

  it("never show a client secret", () => {
    const intent = Schema.decodeUnknownSync(
      Schema.Struct({ client_secret: PaymentIntent.PaymentIntent.fields.client_secret })
    )({ client_secret: "pi_1_secret_2" })
    assert.notInclude(String(intent.client_secret) + JSON.stringify(intent), "pi_1_secret_2")
    assert.strictEqual(intent.client_secret === null ? "" : Redacted.value(intent.client_secret), "pi_1_secret_2")
  })
})
