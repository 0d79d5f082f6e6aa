/**
 * Whatever goes wrong, on the connection or inside the provider, the client's word and
 * the ledger agree: what it calls charged was charged once, what it calls refused was
 * never charged, and nothing is charged twice.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
  Fault.stallBody("30 seconds", 10),
  Fault.cutAfter(30),
  Fault.drip({ bytesPerSecond: 50 }),
  Fault.wrongContentType("text/html"),
  Fault.tooManyRequests(),
  Fault.unavailable(),
  Fault.latency("1 second", "20 seconds")
]

const mishaps: ReadonlyArray<Mishap.Mishap> = [
  Mishap.serverError("before-execution", { status: 503 }),
  Mishap.serverError("during-execution"),
  Mishap.serverError("after-execution"),
  Mishap.serverError("after-execution", { shouldRetry: false }),
  Mishap.rateLimited(),
  Mishap.rateLimited({ shouldRetry: false }),
  Mishap.lockTimeout()
]

/** A number in [0, 1) that the seed and the position fix. */
const draw = (seed: number, position: number): number => {
  let value = Math.imul(seed ^ (position + 0x9e3779b9), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return ((value ^ (value >>> 16)) >>> 0) / 4_294_967_296
}

const cards = ["pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_visa_chargeDeclined"]

describe("40 orders on a bad day", () => {
  const said = new Map<string, number>()

  for (let seed = 1; seed <= 40; seed++) {
    it.effect(`agree with the ledger, seed ${seed}`, () =>
      Effect.gen(function* () {
        const { ledger, log, run } = MemoryStripe.make({
          script: FaultScript.all(
            ...faults.map((fault, index) => FaultScript.sometimes({ seed: seed * 100 + index, rate: 0.05 }, fault))
          ),
          seed,
          mishap: ({ index }) =>
            draw(seed, index) < 0.3 ? mishaps[Math.floor(draw(seed, index + 10_000) * mishaps.length)] : undefined
        })
        const orders = Array.from({ length: 40 }, (_, index) => ({
          id: `o-${index}`,
          card: cards[index % cards.length]!
        }))
        const words = yield* run(
          Effect.flatMap(Stripe, (stripe) =>
            Effect.forEach(
              orders,
              ({ card, id }) =>
                Effect.map(
                  Effect.result(
                    stripe.createPaymentIntent(
                      {
                        payload: {
                          amount: 1999,
                          currency: "eur",
                          payment_method: card,
                          confirm: true,
                          metadata: { order_id: id }
                        }
                      },
                      { idempotencyKey: `key-${id}` }
                    )
                  ),
                  (result) => ({ id, word: Result.isSuccess(result) ? "charged" : result.failure._tag, result })
                ),
              { concurrency: 8 }
            )
          )
        )
        for (const { id, result, word } of words) {
          const verdict = ledger.verdict(id)
          const story = `${id}: the client says ${word}, the ledger ${verdict}; answered ${log
            .attempts(`key-${id}`)
            .map((entry) => `${entry.fault}/${entry.status ?? "-"}`)
            .join(", ")}`
          said.set(word, (said.get(word) ?? 0) + 1)
          assert.notStrictEqual(verdict, "doubled", story)
          assert.isAtMost(log.attempts(`key-${id}`).length, 3, story)
          if (word === "charged") assert.strictEqual(verdict, "chargedOnce", story)
          else if (Result.isFailure(result) && result.failure._tag === "ContractViolation") {
            if (result.failure.acted === "yes") assert.strictEqual(verdict, "chargedOnce", story)
          } else if (word !== "OutcomeUnknown") assert.strictEqual(verdict, "never", story)
        }
      })
    )
  }

  it("ended in every way that a call can end", () => {
    for (const word of ["charged", "CardDeclined", "RetriesExhausted", "OutcomeUnknown", "ContractViolation"]) {
      assert.isAbove(said.get(word) ?? 0, 0, JSON.stringify(Object.fromEntries(said)))
    }
  })
})
