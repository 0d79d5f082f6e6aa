// A request that cannot be written is the caller's mistake: refused at once, and nothing is held against the provider.
//
// Half a character in a path, a query or a form ended the fiber with a defect. A header with a line break, or in
// Chinese, was sent to the transport 3 times as a request that "was not sent", and 2 such calls opened the circuit for
// everybody.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Provider } from "surety"
import { answer, idle, looking, over, Shop } from "./Shop.ts"

const requests: Readonly<Record<string, (shop: Shop["Service"]) => Effect.Effect<unknown, { readonly _tag: string }>>> =
  {
    "half a character in the path": (shop) => shop.look(looking({ id: "a\ud83d" })),
    "half a character in the query": (shop) => shop.look(looking({ q: "a\ud83d" })),
    "half a character in the form": (shop) => shop.charge({ payload: { amount: 5, note: "thanks \ud83d" } }),
    "a line break in a header": (shop) => shop.look(looking({ note: "a\r\nx-admin: yes" })),
    "a header in Chinese": (shop) => shop.look(looking({ note: "日本" }))
  }

describe("with", () => {
  for (const [what, call] of Object.entries(requests)) {
    it.effect(`${what}, 6 calls are refused, 0 requests are sent and the circuit stays closed`, () => {
      let sent = 0
      return Effect.gen(function* () {
        const shop = yield* Shop
        for (let calls = 0; calls < 6; calls++) {
          const error = yield* Effect.flip(call(shop))
          assert.strictEqual(error._tag, "ContractViolation")
          assert.notInclude(String(error), "日")
        }
        assert.strictEqual(sent, 0)
        assert.strictEqual(Provider.control(shop)?.circuit(), "closed")
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
})
