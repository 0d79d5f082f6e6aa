// `RetriesExhausted` on a charge means that it was not made, after a restart too.
//
// A redelivered charge that met nothing but 429s ended with it, although the process that died had charged the card.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { answer, idle, over, Shop } from "./Shop.ts"

/** What a charge ends with that meets these statuses, one after the other and then the last. */
const redelivered = (statuses: ReadonlyArray<number>, options: { readonly keyFirstUsedAt?: number }) => {
  let sent = 0
  return Effect.gen(function* () {
    const shop = yield* Shop
    const call = shop.charge({ payload: { amount: 5 } }, { idempotencyKey: "order-1", ...options })
    const fiber = yield* Effect.forkChild(Effect.result(call))
    yield* TestClock.adjust("5 seconds")
    const said = yield* Fiber.join(fiber)
    return said._tag === "Success" ? "Success" : said.failure._tag
  }).pipe(
    Effect.provide(
      over({
        send: (_, handler) => {
          const status = statuses[Math.min(sent++, statuses.length - 1)] ?? 200
          if (status === 200) answer(handler)
          else {
            handler.onHead(status, { "content-type": "application/json" })
            handler.onData(new TextEncoder().encode('{"detail":"no"}'))
            handler.onEnd()
          }
          return idle
        }
      })
    )
  )
}

it.effect("says unknown after 3 times 429 under a key that was used before, and exhausted under a new one", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* redelivered([429], { keyFirstUsedAt: 0 }), "OutcomeUnknown")
    assert.strictEqual(yield* redelivered([429], {}), "RetriesExhausted")
    assert.strictEqual(yield* redelivered([402], { keyFirstUsedAt: 0 }), "OutcomeUnknown")
    assert.strictEqual(yield* redelivered([429, 200], { keyFirstUsedAt: 0 }), "Success")
  })
)
