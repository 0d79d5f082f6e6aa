/**
 * The fake's own test: the official SDK, over a real socket, must understand every
 * answer of the fake and type every error as it would type Stripe's.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import Stripe from "stripe"
import { Fault, FaultScript } from "surety/testing"
import * as Mishap from "../../src/testing/Mishap.ts"
import { rejection, serve } from "../ServedStripe.ts"

const order = (id: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}): Stripe.PaymentIntentCreateParams => ({
  amount: 1999,
  currency: "eur",
  payment_method: "pm_card_visa",
  confirm: true,
  metadata: { order_id: id },
  ...more
})

/** Fails unless the SDK made the error an instance of the class. */
const isA = <A extends Error>(error: unknown, type: new (...args: ReadonlyArray<never>) => A): A => {
  if (error instanceof type) return error
  throw new Error(`${String(error)} is no ${type.name}`)
}

describe("operations", () => {
  it.live("charges an order once with one create and confirm", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      const intent = yield* Effect.promise(() => sdk().paymentIntents.create(order("o-1")))
      assert.strictEqual(intent.object, "payment_intent")
      assert.strictEqual(intent.status, "succeeded")
      assert.strictEqual(intent.amount_received, 1999)
      assert.deepStrictEqual(intent.metadata, { order_id: "o-1" })
      assert.match(intent.lastResponse.requestId, /^req_/)
      assert.strictEqual(intent.lastResponse.apiVersion, "2026-10-28.endive")
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
      assert.strictEqual(fake.ledger.charges[0]?.idempotencyKey, log.entries[0]?.key)
      assert.match(log.entries[0]?.key ?? "", /^stripe-node-retry-/)
    })
  )

  it.live("confirms an intent that was created without a payment method", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const stripe = sdk()
      const created = yield* Effect.promise(() =>
        stripe.paymentIntents.create({ amount: 500, currency: "usd", metadata: { order_id: "o-1" } })
      )
      assert.strictEqual(created.status, "requires_payment_method")
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
      const confirmed = yield* Effect.promise(() =>
        stripe.paymentIntents.confirm(created.id, { payment_method: "pm_card_mastercard" })
      )
      assert.strictEqual(confirmed.id, created.id)
      assert.strictEqual(confirmed.status, "succeeded")
      assert.strictEqual(confirmed.payment_method, "pm_card_mastercard")
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("counts a manual capture as the charge, not the authorization, and captures a part of it", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const stripe = sdk()
      const held = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1", { capture_method: "manual" })))
      assert.strictEqual(held.status, "requires_capture")
      assert.strictEqual(held.amount_capturable, 1999)
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
      const captured = yield* Effect.promise(() => stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 }))
      assert.strictEqual(captured.status, "succeeded")
      assert.strictEqual(captured.amount_received, 1500)
      assert.strictEqual(fake.ledger.chargesOf("o-1")[0]?.amount, 1500)
    })
  )

  it.live("cancels with a reason and retrieves the canceled intent", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const created = yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 500, currency: "usd" }))
      yield* Effect.promise(() => stripe.paymentIntents.cancel(created.id, { cancellation_reason: "abandoned" }))
      const found = yield* Effect.promise(() => stripe.paymentIntents.retrieve(created.id))
      assert.strictEqual(found.status, "canceled")
      assert.strictEqual(found.cancellation_reason, "abandoned")
      assert.isNumber(found.canceled_at)
    })
  )

  it.live("asks for a redirect when the card needs authentication and a return url is given", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const intent = yield* Effect.promise(() =>
        sdk().paymentIntents.create(
          order("o-1", { payment_method: "pm_card_authenticationRequired", return_url: "https://shop.example/back" })
        )
      )
      assert.strictEqual(intent.status, "requires_action")
      assert.strictEqual(intent.next_action?.redirect_to_url?.return_url, "https://shop.example/back")
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
    })
  )

  it.live("refunds a part, then the rest, then refuses with charge_already_refunded", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const stripe = sdk()
      const intent = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1")))
      const part = yield* Effect.promise(() =>
        stripe.refunds.create({ payment_intent: intent.id, amount: 999, reason: "requested_by_customer" })
      )
      assert.strictEqual(part.amount, 999)
      assert.strictEqual(part.status, "succeeded")
      const rest = yield* Effect.promise(() => stripe.refunds.create({ charge: part.charge as string }))
      assert.strictEqual(rest.amount, 1000)
      const found = yield* Effect.promise(() => stripe.refunds.retrieve(rest.id))
      assert.strictEqual(found.payment_intent, intent.id)
      const error = isA(
        yield* rejection(() => stripe.refunds.create({ payment_intent: intent.id })),
        Stripe.errors.StripeInvalidRequestError
      )
      assert.strictEqual(error.code, "charge_already_refunded")
      assert.strictEqual(fake.ledger.refunded(intent.id), 1999)
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("creates a customer with nested metadata and finds it again", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const created = yield* Effect.promise(() =>
        stripe.customers.create({ name: "Ada & Co = 1", email: "ada@example.com", metadata: { "a b": "ü+%" } })
      )
      const found = yield* Effect.promise(() => stripe.customers.retrieve(created.id))
      assert.isUndefined(found.deleted)
      if (found.deleted !== true) {
        assert.strictEqual(found.name, "Ada & Co = 1")
        assert.deepStrictEqual(found.metadata, { "a b": "ü+%" })
      }
      const paid = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1", { customer: created.id })))
      assert.strictEqual(paid.customer, created.id)
    })
  )

  it.live("pages 25 intents in 3 requests through the SDK's auto-pagination, newest first", () =>
    Effect.gen(function* () {
      const { log, sdk } = yield* serve()
      const stripe = sdk()
      for (let index = 1; index <= 25; index++) {
        yield* Effect.promise(() => stripe.paymentIntents.create(order(`o-${index}`)))
      }
      const before = log.count()
      const all = yield* Effect.promise(() =>
        stripe.paymentIntents.list({ limit: 10 }).autoPagingToArray({ limit: 100 })
      )
      assert.deepStrictEqual(
        all.map((intent) => intent.metadata["order_id"]),
        Array.from({ length: 25 }, (_, index) => `o-${25 - index}`)
      )
      assert.strictEqual(log.count() - before, 3)
    })
  )

  it.live("pages backwards with ending_before", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const ids: Array<string> = []
      for (let index = 1; index <= 5; index++) {
        ids.push((yield* Effect.promise(() => stripe.paymentIntents.create(order(`o-${index}`)))).id)
      }
      const newer = yield* Effect.promise(() =>
        stripe.paymentIntents.list({ limit: 2, ending_before: ids[0]! }).autoPagingToArray({ limit: 100 })
      )
      assert.deepStrictEqual(
        newer.map((intent) => intent.id),
        ids.slice(1)
      )
    })
  )

  it.live("surfaces Stripe-Notice and other added headers", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      fake.inject(Mishap.annotated({ "stripe-account": "acct_1" }))
      const intent = yield* Effect.promise(() => sdk().paymentIntents.create(order("o-1")))
      assert.strictEqual(intent.lastResponse.stripeAccount, "acct_1")
    })
  )
})

describe("errors", () => {
  const declines = [
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline", undefined],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds", "try_again_later"],
    ["pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card", "do_not_try_again"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card", "confirm_card_data"],
    ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc", "confirm_card_data"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error", "try_again_later"]
  ] as const

  for (const [card, code, declineCode, advice] of declines) {
    it.live(`makes ${card} a StripeCardError ${code}/${declineCode}`, () =>
      Effect.gen(function* () {
        const { fake, log, sdk } = yield* serve()
        const error = isA(
          yield* rejection(() => sdk().paymentIntents.create(order("o-1", { payment_method: card }))),
          Stripe.errors.StripeCardError
        )
        assert.strictEqual(error.statusCode, 402)
        assert.strictEqual(error.code, code)
        assert.strictEqual(error.decline_code, declineCode)
        assert.strictEqual(error.advice_code, advice)
        assert.strictEqual(error.payment_intent?.status, "requires_payment_method")
        assert.strictEqual(error.payment_intent?.last_payment_error?.code, code)
        assert.strictEqual(error.charge, error.payment_intent?.latest_charge)
        assert.strictEqual(error.doc_url, `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`)
        assert.include(error.request_log_url, error.requestId)
        assert.strictEqual(fake.ledger.verdict("o-1"), "never")
        assert.strictEqual(log.count(), 1)
      })
    )
  }

  it.live("charges the intent of a declined card with another card", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const stripe = sdk()
      const error = isA(
        yield* rejection(() =>
          stripe.paymentIntents.create(order("o-1", { payment_method: "pm_card_chargeDeclined" }))
        ),
        Stripe.errors.StripeCardError
      )
      const paid = yield* Effect.promise(() =>
        stripe.paymentIntents.confirm(error.payment_intent?.id ?? "", { payment_method: "pm_card_visa" })
      )
      assert.strictEqual(paid.status, "succeeded")
      assert.isNull(paid.last_payment_error)
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("declines with authentication_required when nobody can authenticate", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const error = isA(
        yield* rejection(() =>
          sdk().paymentIntents.create(
            order("o-1", { payment_method: "pm_card_authenticationRequired", off_session: true })
          )
        ),
        Stripe.errors.StripeCardError
      )
      assert.strictEqual(error.code, "authentication_required")
    })
  )

  it.live("answers a card number like its payment method", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const error = isA(
        yield* rejection(() =>
          sdk().paymentIntents.create({
            amount: 1999,
            currency: "eur",
            confirm: true,
            // raw card numbers are left out of the SDK's types
            payment_method_data: { type: "card", card: { number: "4000000000009995" } } as { readonly type: "card" }
          })
        ),
        Stripe.errors.StripeCardError
      )
      assert.strictEqual(error.decline_code, "insufficient_funds")
    })
  )

  it.live("refuses to capture what is not authorized with payment_intent_unexpected_state", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const intent = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1")))
      for (const refused of [
        () => stripe.paymentIntents.capture(intent.id),
        () => stripe.paymentIntents.cancel(intent.id),
        () => stripe.paymentIntents.confirm(intent.id)
      ]) {
        const error = isA(yield* rejection(refused), Stripe.errors.StripeInvalidRequestError)
        assert.strictEqual(error.statusCode, 400)
        assert.strictEqual(error.code, "payment_intent_unexpected_state")
        assert.strictEqual(error.payment_intent?.id, intent.id)
      }
    })
  )

  it.live("answers 401 to a wrong key without repeating it", () =>
    Effect.gen(function* () {
      const { log, sdk } = yield* serve()
      const error = isA(
        yield* rejection(() => sdk({ apiKey: "sk_test_wrongwrong1234" }).paymentIntents.list()),
        Stripe.errors.StripeAuthenticationError
      )
      assert.strictEqual(error.statusCode, 401)
      assert.include(error.message, "sk_***1234")
      assert.notInclude(error.message, "wrongwrong")
      assert.deepStrictEqual(log.statuses(), [401])
    })
  )

  it.live("answers 401 api_key_expired to an expired key and 403 to a restricted one", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve({ fake: { keys: { sk_test_old: "expired", rk_test_read: ["refunds:read"] } } })
      const expired = isA(
        yield* rejection(() => sdk({ apiKey: "sk_test_old" }).paymentIntents.list()),
        Stripe.errors.StripeAuthenticationError
      )
      assert.strictEqual(expired.code, "api_key_expired")
      const forbidden = isA(
        yield* rejection(() => sdk({ apiKey: "rk_test_read" }).paymentIntents.create(order("o-1"))),
        Stripe.errors.StripePermissionError
      )
      assert.strictEqual(forbidden.statusCode, 403)
    })
  )

  it.live("answers 404 resource_missing for an identifier in the path, 400 for one in a parameter", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      for (const [run, status, param] of [
        [() => stripe.paymentIntents.retrieve("pi_none"), 404, "id"],
        [() => stripe.refunds.retrieve("re_none"), 404, "id"],
        [() => stripe.customers.retrieve("cus_none"), 404, "id"],
        [() => stripe.paymentIntents.create(order("o", { customer: "cus_none" })), 400, "customer"],
        [() => stripe.paymentIntents.create(order("o", { payment_method: "pm_none" })), 400, "payment_method"],
        [() => stripe.paymentIntents.list({ starting_after: "pi_none" }), 400, "starting_after"],
        [() => stripe.refunds.create({ payment_intent: "pi_none" }), 400, "payment_intent"],
        [() => stripe.refunds.create({ charge: "ch_none" }), 400, "charge"]
      ] as const) {
        const error = isA(yield* rejection<unknown>(run), Stripe.errors.StripeInvalidRequestError)
        assert.deepStrictEqual([error.statusCode, error.code, error.param], [status, "resource_missing", param])
      }
    })
  )

  it.live("names the parameter it refuses", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve()
      const stripe = sdk()
      const create = (params: object) => () =>
        // parameters that the SDK's types rule out are the point
        stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams)
      for (const [run, code, param] of [
        [create({ ...order("o"), amuont: 1 }), "parameter_unknown", "amuont"],
        [create({ currency: "eur" }), "parameter_missing", "amount"],
        [create({ amount: 1, currency: "eur" }), "amount_too_small", "amount"],
        [create({ amount: 19.99, currency: "eur" }), "parameter_invalid_integer", "amount"],
        [create({ amount: 1999, currency: "" }), "parameter_invalid_empty", "currency"],
        [create({ amount: 1999, currency: "euros" }), undefined, "currency"],
        [create({ ...order("o"), confirm: "maybe" }), undefined, "confirm"],
        [create({ ...order("o"), capture_method: "later" }), undefined, "capture_method"],
        [create({ ...order("o"), metadata: { x: "y".repeat(501) } }), undefined, "metadata[x]"],
        [create({ ...order("o"), expand: ["latest_charge"] }), undefined, "expand"],
        [() => stripe.paymentIntents.list({ limit: 101 }), "parameter_invalid_integer", "limit"]
      ] as const) {
        const error = isA(yield* rejection<unknown>(run), Stripe.errors.StripeInvalidRequestError)
        assert.deepStrictEqual([error.statusCode, error.code, error.param], [400, code, param])
      }
    })
  )

  it.live("makes a 429 and an old 400 rate_limit a StripeRateLimitError that the SDK does not retry", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      for (const mishap of [Mishap.rateLimited(), Mishap.rateLimited({ status: 400 })]) {
        fake.inject(mishap)
        const error = isA(
          yield* rejection(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1"))),
          Stripe.errors.StripeRateLimitError
        )
        assert.strictEqual(error.code, "rate_limit")
        assert.strictEqual(error.headers?.["stripe-rate-limited-reason"], "global-rate")
      }
      assert.strictEqual(log.count(), 2)
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
    })
  )

  it.live("has the SDK retry a lock timeout, because Stripe-Should-Retry says so", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      fake.inject(Mishap.lockTimeout())
      yield* Effect.promise(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1")))
      assert.deepStrictEqual(log.statuses(), [429, 200])
      assert.strictEqual(log.keys().length, 1)
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("makes 5xx a StripeAPIError with the request id", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      for (const status of [500, 502, 503, 504] as const) {
        fake.inject(Mishap.serverError("before-execution", { status }))
        const error = isA(
          yield* rejection(() => sdk().paymentIntents.create(order("o-1"))),
          Stripe.errors.StripeAPIError
        )
        assert.strictEqual(error.statusCode, status)
        assert.match(String(error.requestId), /^req_/)
      }
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
    })
  )

  it.live("answers scripted 429s and 503s of the connection in the provider's own envelope", () =>
    Effect.gen(function* () {
      const { sdk } = yield* serve({
        script: FaultScript.of(Fault.tooManyRequests(), Fault.unavailable())
      })
      isA(yield* rejection(() => sdk().paymentIntents.list()), Stripe.errors.StripeRateLimitError)
      const error = isA(yield* rejection(() => sdk().paymentIntents.list()), Stripe.errors.StripeAPIError)
      assert.strictEqual(error.statusCode, 503)
    })
  )
})

describe("idempotency", () => {
  it.live("replays the stored answer, marked, with the first request's id", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      const stripe = sdk()
      const options = { idempotencyKey: "order-1" }
      const first = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1"), options))
      const second = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1"), options))
      assert.strictEqual(second.id, first.id)
      assert.isUndefined(first.lastResponse.headers["idempotent-replayed"])
      assert.strictEqual(second.lastResponse.headers["idempotent-replayed"], "true")
      assert.strictEqual(second.lastResponse.headers["original-request"], first.lastResponse.requestId)
      assert.notStrictEqual(second.lastResponse.requestId, first.lastResponse.requestId)
      assert.strictEqual(second.lastResponse.idempotencyKey, "order-1")
      assert.deepStrictEqual(log.keys(), ["order-1"])
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("refuses other parameters or another endpoint under the same key with a StripeIdempotencyError", () =>
    Effect.gen(function* () {
      const { fake, sdk } = yield* serve()
      const stripe = sdk()
      const options = { idempotencyKey: "order-1" }
      const intent = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1"), options))
      for (const run of [
        () => stripe.paymentIntents.create(order("o-1", { amount: 2000 }), options),
        () => stripe.refunds.create({ payment_intent: intent.id }, options)
      ]) {
        const error = isA(yield* rejection<unknown>(run), Stripe.errors.StripeIdempotencyError)
        assert.strictEqual(error.statusCode, 400)
      }
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
      assert.strictEqual(fake.ledger.refunded(intent.id), 0)
    })
  )

  it.live("has the SDK meet its own first request as 409 and end with one charge", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      let finish = (): void => {}
      fake.inject(Mishap.slowExecution(new Promise((resolve) => (finish = resolve))))
      const stripe = sdk()
      const options = { idempotencyKey: "order-1" }
      const first = stripe.paymentIntents.create(order("o-1"), options)
      while (log.count() === 0) yield* Effect.yieldNow
      const error = isA(
        yield* rejection(() => stripe.paymentIntents.create(order("o-1"), options)),
        Stripe.errors.StripeAPIError
      )
      assert.strictEqual(error.statusCode, 409)
      assert.strictEqual(error.code, "idempotency_key_in_use")
      finish()
      const paid = yield* Effect.promise(() => first)
      const again = yield* Effect.promise(() => stripe.paymentIntents.create(order("o-1"), options))
      assert.strictEqual(again.id, paid.id)
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("charges once when the connection is reset after the charge and the SDK retries", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve({ script: FaultScript.of(Fault.resetAfter) })
      const intent = yield* Effect.promise(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1")))
      assert.strictEqual(intent.status, "succeeded")
      assert.strictEqual(log.count(), 2)
      assert.strictEqual(log.keys().length, 1)
      assert.strictEqual(intent.lastResponse.headers["idempotent-replayed"], "true")
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("shows the SDK reporting a failure for an order that was charged: a stored 500 is replayed 3 times", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      fake.inject(Mishap.serverError("after-execution"))
      const error = isA(
        yield* rejection(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1"))),
        Stripe.errors.StripeAPIError
      )
      assert.strictEqual(error.statusCode, 500)
      assert.strictEqual(error.headers?.["idempotent-replayed"], "true")
      assert.deepStrictEqual(log.statuses(), [500, 500, 500])
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.live("has the SDK stop at once when Stripe-Should-Retry is false", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      fake.inject(Mishap.serverError("during-execution", { shouldRetry: false }))
      isA(yield* rejection(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1"))), Stripe.errors.StripeAPIError)
      assert.deepStrictEqual(log.statuses(), [500])
      assert.strictEqual(fake.ledger.verdict("o-1"), "never")
    })
  )

  it.live("recovers from a 503 that stored nothing, with the same key", () =>
    Effect.gen(function* () {
      const { fake, log, sdk } = yield* serve()
      fake.inject(Mishap.serverError("before-execution", { status: 503 }))
      yield* Effect.promise(() => sdk({ retries: 2 }).paymentIntents.create(order("o-1")))
      assert.deepStrictEqual(log.statuses(), [503, 200])
      assert.strictEqual(log.keys().length, 1)
      assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    })
  )
})
