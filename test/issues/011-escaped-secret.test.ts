// A refusal that quotes our secret reaches nobody with the secret in it, however the provider writes it.
//
// Only the secret as it stands was looked for. JSON may write `/` as `\/` (PHP does) and `+` as `\u002B` (.NET does), a
// query writes both with percent signs, and a provider that takes the secret as `user:password` quotes one of the two.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { idle, looking, over, Shop } from "./Shop.ts"

const quoted: ReadonlyArray<readonly [secret: string, body: string]> = [
  ["sk/live+abc==", String.raw`{"detail":"no such key sk\/live+abc=="}`],
  ["sk/live+abc==", String.raw`{"detail":"no such key sk/live\u002Babc=="}`],
  ["sk/live+abc==", `{"detail":"see /keys?key=sk%2Flive%2Babc%3D%3D"}`],
  ["sk_live_0123456789:", `{"detail":"no such key sk_live_0123456789"}`],
  ["shop:correct-horse", `{"detail":"wrong password correct-horse"}`]
]

for (const [secret, body] of quoted) {
  it.effect(`${body} is a failure without ${secret}`, () =>
    Effect.gen(function* () {
      const shop = yield* Shop
      const error = yield* Effect.flip(shop.look(looking()))
      if (error._tag !== "Declined") return assert.fail(error._tag)
      assert.include(error.detail, "<redacted>")
      for (const part of [secret, "live+abc", "live%2Babc", "0123456789", "correct-horse"]) {
        assert.notInclude(JSON.stringify(error) + String(error), part)
      }
    }).pipe(
      Effect.provide(
        over(
          {
            send: (_, handler) => {
              handler.onHead(402, { "content-type": "application/json" })
              handler.onData(new TextEncoder().encode(body))
              handler.onEnd()
              return idle
            }
          },
          secret
        )
      )
    )
  )
}
