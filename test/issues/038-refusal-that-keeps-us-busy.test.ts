// A refusal of 8 MB is searched for our secret in less than 2 seconds.
//
// One escape in it was enough for each of its texts to be searched by itself: the process stood still for 5 seconds.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { idle, looking, over, Shop } from "./Shop.ts"

const texts = Array.from({ length: 2_000_000 }, () => '"a"').join(",")

for (const [what, first] of [
  ["nothing of it", String.raw`"\u0041"`],
  ["the secret", String.raw`"sk_live\u005f0123456789"`]
]) {
  it.live(`S15: one of 2,000,000 texts that quotes ${what} costs under 2,000 ms, and no secret`, () => {
    let tookMillis = 0
    return Effect.gen(function* () {
      const error = yield* Effect.flip((yield* Shop).look(looking()))
      assert.strictEqual(error._tag, "ContractViolation")
      assert.notInclude(JSON.stringify(error) + String(error), "0123456789")
      assert.isBelow(tookMillis, 2000)
    }).pipe(
      Effect.provide(
        over(
          {
            send: (_, handler) => {
              const body = new TextEncoder().encode(`[${first},${texts}]`)
              handler.onHead(418, { "content-type": "application/json" })
              handler.onData(body)
              const startedAt = performance.now()
              handler.onEnd()
              tookMillis = performance.now() - startedAt
              return idle
            }
          },
          "sk_live_0123456789"
        )
      )
    )
  })
}
