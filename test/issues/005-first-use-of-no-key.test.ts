// A call that says when its key was first used, and brings no such key, is refused.
//
// It was sent under a new key, beside the one that an earlier process had used: charged twice. A first use at infinity
// passed for a key that was never used.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answer, idle, over, Shop } from "./Shop.ts"

for (const options of [{ keyFirstUsedAt: 0 }, { idempotencyKey: "order-1", keyFirstUsedAt: Infinity }]) {
  it.effect(`sends 0 requests for ${JSON.stringify(options)}`, () => {
    let sent = 0
    return Effect.gen(function* () {
      const shop = yield* Shop
      const error = yield* Effect.flip(shop.charge({ payload: { amount: 5 } }, options))
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "KeyRefused")
      assert.strictEqual(sent, 0)
    }).pipe(
      Effect.provide(
        over({
          send: (_, handler) => {
            sent++
            answer(handler)
            return idle
          }
        })
      )
    )
  })
}
