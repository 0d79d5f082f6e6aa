/**
 * Callers go away at any moment and come back with the same key, on a bad day: nothing is charged twice, nothing is
 * reported against the ledger, and nothing that a call held stays behind.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import { Provider } from "surety"
import { Fault, FaultScript } from "surety/testing"
import { Stripe } from "../src/Stripe.ts"
import * as Mishap from "../src/testing/Mishap.ts"
import * as MemoryStripe from "./MemoryStripe.ts"

const faults: ReadonlyArray<Fault.Fault> = [
  Fault.refuse,
  Fault.resetBefore,
  Fault.resetAfter,
  Fault.stallHead("30 seconds"),
  Fault.stallHeadUnapplied("30 seconds"),
  Fault.cutAfter(30),
  Fault.tooManyRequests(),
  Fault.unavailable(),
  Fault.latency("1 second", "20 seconds")
]

const mishaps: ReadonlyArray<Mishap.Mishap> = [
  Mishap.serverError("before-execution", { status: 503 }),
  Mishap.serverError("after-execution"),
  Mishap.rateLimited(),
  Mishap.lockTimeout()
]

/** Numbers in [0, 1) that the seed fixes. */
const drawing = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

const remaining = Effect.map(Metric.snapshot, (all) =>
  all
    .filter(({ id }) => id === "integration.rate_limit.remaining")
    .map(({ state }) => (state as { readonly value: number }).value)
)

describe("60 orders whose callers leave after up to 20 s, 3 times each, and come back", () => {
  for (let seed = 1; seed <= 12; seed++) {
    it.effect(`are charged once or never, as the last word says, seed ${seed}`, () =>
      Effect.gen(function* () {
        const draw = drawing(seed)
        const { ledger, log, run } = MemoryStripe.make({
          script: FaultScript.all(
            ...faults.map((fault, index) => FaultScript.sometimes({ seed: seed * 100 + index, rate: 0.06 }, fault))
          ),
          seed,
          mishap: () => (draw() < 0.2 ? mishaps[Math.floor(draw() * mishaps.length)] : undefined)
        })
        const place = (stripe: Stripe["Service"], id: number, keyFirstUsedAt: number | undefined) =>
          stripe.createPaymentIntent(
            {
              payload: {
                amount: 1999,
                currency: "eur",
                payment_method: id % 4 === 3 ? "pm_card_visa_chargeDeclined" : "pm_card_visa",
                confirm: true,
                metadata: { order_id: `o-${id}` }
              }
            },
            { idempotencyKey: `key-${id}`, ...(keyFirstUsedAt === undefined ? undefined : { keyFirstUsedAt }) }
          )
        const order = (stripe: Stripe["Service"], id: number) =>
          Effect.gen(function* () {
            let firstUsedAt: number | undefined
            for (let leave = 0; leave < 3; leave++) {
              const begun = yield* Clock.currentTimeMillis
              const call = yield* Effect.forkChild(Effect.result(place(stripe, id, firstUsedAt)))
              yield* Effect.sleep(Math.floor(draw() * 20_000))
              yield* Fiber.interrupt(call)
              firstUsedAt ??= begun
            }
            return yield* Effect.result(place(stripe, id, firstUsedAt))
          })
        yield* run(
          Effect.gen(function* () {
            const stripe = yield* Stripe
            const full = yield* remaining
            assert.strictEqual(full.length, 4)
            const ids = Array.from({ length: 60 }, (_, id) => id)
            const words = yield* Effect.forEach(ids, (id) => order(stripe, id), { concurrency: 8 })
            for (const [id, said] of words.entries()) {
              const verdict = ledger.verdict(`o-${id}`)
              const word = Result.isSuccess(said) ? "charged" : said.failure._tag
              const story = `o-${id}: ${word}, the ledger says ${verdict}`
              assert.notStrictEqual(verdict, "doubled", story)
              assert.isAtMost(log.attempts(`key-${id}`).length, 4 * 3, story)
              if (word === "charged") assert.strictEqual(verdict, "chargedOnce", story)
              // refused by us: nothing is said about what was sent before
              else if (word !== "OutcomeUnknown" && word !== "NotAttempted") {
                assert.strictEqual(verdict, "never", story)
              }
            }
            const control = Provider.control(stripe)
            assert.deepStrictEqual([control?.inFlight(), control?.waiting()], [0, 0])
            yield* Effect.sleep("2 minutes")
            assert.deepStrictEqual(yield* remaining, full)
          })
        )
      })
    )
  }
})
