// Whatever a `fetch` rejects with is a lost connection.
//
// `undefined` and `null` were asked for their `cause`: an unhandled rejection ended the process.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchTransport from "surety/http/FetchTransport"
import { looking, over, Shop } from "./Shop.ts"

for (const rejection of [undefined, null, "aborted", new TypeError("fetch failed", { cause: null })]) {
  it.live(`makes 3 attempts when fetch rejects with ${String(rejection)}`, () => {
    let sent = 0
    return Effect.gen(function* () {
      const shop = yield* Shop
      const error = yield* Effect.flip(shop.look(looking()))
      assert.strictEqual(error._tag === "RetriesExhausted" && error.reason._tag, "ConnectionLost")
      assert.strictEqual(sent, 3)
    }).pipe(
      Effect.provide(
        over(
          FetchTransport.make(() => {
            sent++
            return Promise.reject(rejection)
          })
        )
      )
    )
  })
}
