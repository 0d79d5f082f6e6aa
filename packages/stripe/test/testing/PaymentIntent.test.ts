import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Card from "../../src/testing/Card.ts"
import * as PaymentIntent from "../../src/testing/PaymentIntent.ts"

const intentIn = (status: PaymentIntent.Status): PaymentIntent.PaymentIntent => ({
  ...PaymentIntent.make({
    id: "pi_1",
    amount: 1999,
    automatic_payment_methods: null,
    capture_method: "automatic",
    client_secret: "pi_1_secret_1",
    confirmation_method: "automatic",
    created: 0,
    currency: "eur",
    customer: null,
    description: null,
    metadata: {},
    payment_method: null,
    receipt_email: null,
    setup_future_usage: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_group: null
  }),
  status,
  amount_capturable: status === "requires_capture" ? 1999 : 0
})

const confirm = (intent: PaymentIntent.PaymentIntent, card: Card.Card | undefined) =>
  Result.map(
    PaymentIntent.confirm(intent, {
      card,
      chargeId: "ch_1",
      paymentMethod: card === undefined ? null : "pm_1",
      presence: "on-session",
      returnUrl: undefined
    }),
    (confirmation) => confirmation.intent
  )

const verbs = {
  confirm: (intent: PaymentIntent.PaymentIntent) => confirm(intent, Card.approved),
  capture: (intent: PaymentIntent.PaymentIntent) => PaymentIntent.capture(intent, undefined),
  cancel: (intent: PaymentIntent.PaymentIntent) => PaymentIntent.cancel(intent, undefined, 7)
}

/** Every status and every verb: where it leads, `-` where it is refused. */
const table: ReadonlyArray<readonly [PaymentIntent.Status, confirm: string, capture: string, cancel: string]> = [
  ["requires_payment_method", "succeeded", "-", "canceled"],
  ["requires_confirmation", "succeeded", "-", "canceled"],
  ["requires_action", "succeeded", "-", "canceled"],
  ["requires_capture", "-", "succeeded", "canceled"],
  ["canceled", "-", "-", "-"],
  ["succeeded", "-", "-", "-"]
]

describe("PaymentIntent", () => {
  for (const [status, ...expected] of table) {
    for (const [index, verb] of (["confirm", "capture", "cancel"] as const).entries()) {
      it(`${verb} from ${status} ${expected[index] === "-" ? "is refused" : `leads to ${expected[index]}`}`, () => {
        const result = verbs[verb](intentIn(status))
        if (expected[index] === "-") {
          assert.isTrue(Result.isFailure(result))
          if (Result.isFailure(result)) assert.strictEqual(result.failure.code, "payment_intent_unexpected_state")
        } else {
          assert.strictEqual(Result.getOrThrow(result).status, expected[index])
        }
      })
    }
  }

  it("refuses to confirm without a payment method and stays as it was", () => {
    assert.isTrue(Result.isFailure(confirm(intentIn("requires_payment_method"), undefined)))
  })

  it("goes back to requires_payment_method and forgets the card when it is declined", () => {
    const after = Result.getOrThrow(confirm(intentIn("requires_confirmation"), Card.declined("lost_card")))
    assert.strictEqual(after.status, "requires_payment_method")
    assert.isNull(after.payment_method)
    assert.strictEqual(after.latest_charge, "ch_1")
  })

  it("refuses to capture 2000 of 1999", () => {
    const result = PaymentIntent.capture(intentIn("requires_capture"), 2000)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.strictEqual(result.failure.code, "amount_too_large")
  })

  it("releases the authorization when it is canceled", () => {
    const after = Result.getOrThrow(PaymentIntent.cancel(intentIn("requires_capture"), "duplicate", 7))
    assert.deepStrictEqual([after.amount_capturable, after.amount_received, after.canceled_at], [0, 0, 7])
  })
})
