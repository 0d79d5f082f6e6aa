/** The provider as it is declared, its real times and rules, against the fake on a virtual clock. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Fault, FaultScript, RetryAfterForm } from "surety/testing"
import * as Failures from "../src/Failures.ts"
import { Stripe } from "../src/Stripe.ts"
import * as FakeNetwork from "../src/testing/FakeNetwork.ts"
import * as Mishap from "../src/testing/Mishap.ts"
import * as MemoryStripe from "./MemoryStripe.ts"

const order = (id: string, card = "pm_card_visa") => ({
  payload: { amount: 1999, currency: "eur", payment_method: card, confirm: true, metadata: { order_id: id } }
})

const charge = (id: string, card?: string) =>
  Effect.flatMap(Stripe, (stripe) => stripe.createPaymentIntent(order(id, card), { idempotencyKey: `order-${id}` }))

describe("a charge", () => {
  it.effect("returns the intent and the request's name", () =>
    Effect.gen(function* () {
      const { ledger, log, run } = MemoryStripe.make()
      const { metadata, value } = yield* run(
        Effect.flatMap(Stripe, (stripe) =>
          stripe.createPaymentIntent.detailed(order("o-1"), { idempotencyKey: "order-o-1" })
        )
      )
      assert.strictEqual(value.status, "succeeded")
      assert.match(metadata.requestId ?? "", /^req_/)
      assert.strictEqual(metadata.idempotencyKey, "order-o-1")
      assert.strictEqual(metadata.attempts, 1)
      assert.strictEqual(metadata.headers["stripe-version"], "2026-10-28.endive")
      assert.deepStrictEqual(log.keys(), ["order-o-1"])
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("says in its metadata that the answer was replayed", () =>
    Effect.gen(function* () {
      const { ledger, run } = MemoryStripe.make({ script: FaultScript.of(Fault.resetAfter) })
      const { metadata } = yield* run(
        Effect.flatMap(Stripe, (stripe) => stripe.createPaymentIntent.detailed(order("o-1"), { idempotencyKey: "k" }))
      )
      assert.strictEqual(metadata.headers["idempotent-replayed"], "true")
      assert.strictEqual(metadata.attempts, 2)
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("sends the same key on all 3 attempts, waiting at most 0.5 and 1 s", () =>
    Effect.gen(function* () {
      const { log, run } = MemoryStripe.make({ script: FaultScript.repeat(Fault.resetBefore, 2) })
      yield* run(charge("o-1"))
      assert.deepStrictEqual(
        log.entries.map((entry) => entry.key),
        ["order-o-1", "order-o-1", "order-o-1"]
      )
      const at = log.entries.map((entry) => entry.atMillis)
      assert.isAtMost(at[1]! - at[0]!, 500)
      assert.isAtMost(at[2]! - at[1]!, 1_000)
    })
  )

  it.effect("gives up a silent attempt after 15 s and is told by the second that it was charged", () =>
    Effect.gen(function* () {
      const { ledger, log, run } = MemoryStripe.make({ script: FaultScript.of(Fault.stallHead("5 minutes")) })
      const intent = yield* run(charge("o-1"))
      assert.strictEqual(intent.status, "succeeded")
      const at = log.entries.map((entry) => entry.atMillis)
      assert.isAtLeast(at[1]!, 15_000)
      assert.isAtMost(at[1]!, 15_500)
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("ends within 50 s when nothing answers, not knowing, with the key to ask again", () =>
    Effect.gen(function* () {
      const { ledger, log, run } = MemoryStripe.make({ script: FaultScript.repeat(Fault.stallHead("10 minutes")) })
      const { elapsed, error } = yield* run(
        Effect.gen(function* () {
          const began = yield* Clock.currentTimeMillis
          const error = yield* Effect.flip(charge("o-1"))
          return { error, elapsed: (yield* Clock.currentTimeMillis) - began }
        })
      )
      assert.strictEqual(error._tag, "OutcomeUnknown")
      if (error._tag !== "OutcomeUnknown") return
      assert.strictEqual(error.reason._tag, "AttemptTimeout")
      assert.strictEqual(error.idempotencyKey, "order-o-1")
      assert.strictEqual(error.reconcile, "same-key")
      assert.strictEqual(log.count(), 3)
      assert.isAtMost(elapsed, 50_000)
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("is not sent again when the card is declined, and says what to do", () =>
    Effect.gen(function* () {
      const { ledger, log, run } = MemoryStripe.make()
      const error = yield* run(Effect.flip(charge("o-1", "pm_card_visa_chargeDeclinedInsufficientFunds")))
      assert.instanceOf(error, Failures.CardDeclined)
      if (error._tag !== "CardDeclined") return
      assert.strictEqual(error.adviceCode, "try_again_later")
      assert.strictEqual(log.count(), 1)
      const paid = yield* run(
        Effect.flatMap(Stripe, (stripe) =>
          stripe.confirmPaymentIntent(
            { params: { id: error.paymentIntent?.id ?? "" }, payload: { payment_method: "pm_card_visa" } },
            { idempotencyKey: "order-o-1/2" }
          )
        )
      )
      assert.strictEqual(paid.status, "succeeded")
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("stops at the replay of a stored 500, and a lookup finds the charge", () =>
    Effect.gen(function* () {
      const { inject, ledger, log, run } = MemoryStripe.make()
      inject(Mishap.serverError("after-execution"))
      const error = yield* run(Effect.flip(charge("o-1")))
      assert.strictEqual(error._tag, "OutcomeUnknown")
      if (error._tag !== "OutcomeUnknown") return
      assert.deepStrictEqual(log.statuses(), [500, 500])
      const page = yield* run(Effect.flatMap(Stripe, (stripe) => stripe.listPaymentIntents({ query: { limit: 10 } })))
      assert.deepStrictEqual(
        page.data.filter((intent) => intent.metadata["order_id"] === "o-1").map((intent) => intent.status),
        ["succeeded"]
      )
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("keeps trying while its first attempt executes, and learns what that led to", () =>
    Effect.gen(function* () {
      let finish = (): void => {}
      const done = new Promise<void>((resolve) => (finish = resolve))
      const { ledger, log, run } = MemoryStripe.make({
        mishap: ({ index }) => {
          if (index === 1) finish()
          return index === 0 ? Mishap.slowExecution(done) : undefined
        }
      })
      const intent = yield* run(charge("o-1"))
      assert.strictEqual(intent.status, "succeeded")
      assert.deepStrictEqual(log.statuses().slice(1), [409, 200])
      assert.strictEqual(ledger.verdict("o-1"), "chargedOnce")
    })
  )

  it.effect("waits as long as Retry-After says, and holds the next order back as well", () =>
    Effect.gen(function* () {
      const { log, run } = MemoryStripe.make({
        script: FaultScript.of(Fault.tooManyRequests(RetryAfterForm.seconds("4 seconds")))
      })
      yield* run(
        Effect.gen(function* () {
          yield* Effect.all([charge("o-1"), Effect.delay(charge("o-2"), "1 second")], { concurrency: 2 })
        })
      )
      const at = (key: string) => log.attempts(key).map((entry) => entry.atMillis)
      assert.isAtLeast(at("order-o-1")[1]!, 4_000)
      assert.isAtLeast(at("order-o-2")[0]!, 4_000)
    })
  )

  it.effect("is refused before it is sent when Stripe no longer remembers the key", () =>
    Effect.gen(function* () {
      const { log, run } = MemoryStripe.make()
      const error = yield* run(
        Effect.gen(function* () {
          const stripe = yield* Stripe
          const keyFirstUsedAt = (yield* Clock.currentTimeMillis) - 24 * 60 * 60 * 1000
          return yield* Effect.flip(
            stripe.createPaymentIntent(order("o-1"), { idempotencyKey: "order-o-1", keyFirstUsedAt })
          )
        })
      )
      assert.strictEqual(error._tag, "NotAttempted")
      assert.strictEqual(log.count(), 0)
    })
  )
})

describe("limits", () => {
  it.effect("sends 25 of 60 orders at once and the rest at 25 a second", () =>
    Effect.gen(function* () {
      const { ledger, log, run } = MemoryStripe.make()
      const ids = Array.from({ length: 60 }, (_, index) => `o-${index}`)
      yield* run(Effect.forEach(ids, (id) => charge(id), { concurrency: 60 }))
      assert.strictEqual(log.between("0 seconds", "1 millis").count(), 25)
      for (const second of [0, 1]) {
        assert.isAtMost(log.between(`${second * 1000 + 1} millis`, `${second * 1000 + 1001} millis`).count(), 25)
      }
      assert.deepStrictEqual(ledger.tally(ids), { never: 0, chargedOnce: 60, doubled: 0 })
    })
  )
})

describe("secrets", () => {
  it.effect("shows neither the API key nor a client secret in any error", () =>
    Effect.gen(function* () {
      const { run } = MemoryStripe.make({
        script: FaultScript.of(Fault.respond({ status: 418, body: FakeNetwork.apiKey }), Fault.resetAfter)
      })
      const errors = yield* run(
        Effect.all([
          Effect.flip(charge("o-1")),
          Effect.flip(charge("o-2", "pm_card_chargeDeclined")),
          Effect.flip(charge("o-3", "pm_none"))
        ])
      )
      const shown = errors.map((error) => `${String(error)} ${JSON.stringify(error)}`).join()
      assert.notInclude(shown, FakeNetwork.apiKey)
      assert.notInclude(shown, "_secret_")
      assert.include(shown, "resource_missing")
    })
  )
})
