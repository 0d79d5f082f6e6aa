// `Retry-After` is a floor, also on a machine whose clock is fast.
//
// A date was compared with our own clock: a clock a minute ahead made a wait of 3 s one of 0 s.
import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { answer, idle, looking, over, Shop } from "./Shop.ts"

const begin = Date.UTC(2026, 10, 20, 12)
const utc = (millis: number) => new Date(millis).toUTCString()

for (const ahead of [0, 60_000, -60_000, 2 * 86_400_000]) {
  it.effect(`waits 3 s or more when our clock is ${ahead} ms ahead, and no hour`, () => {
    const sent: Array<number> = []
    let now = () => 0
    return Effect.gen(function* () {
      yield* TestClock.setTime(begin)
      const clock = yield* Clock.Clock
      now = () => clock.currentTimeMillisUnsafe()
      const shop = yield* Shop
      const fiber = yield* Effect.forkChild(Effect.result(shop.look(looking())))
      yield* TestClock.adjust("5 seconds")
      const said = yield* Fiber.join(fiber)
      const [first, second] = sent
      // a clock that is days off is not believed: no date of it can be compared
      if (ahead > 86_400_000) return assert.isAtMost(sent.length, 3)
      assert.strictEqual(said._tag, "Success")
      assert.isAtLeast((second ?? 0) - (first ?? 0), 3000)
    }).pipe(
      Effect.provide(
        over({
          send: (_, handler) => {
            // the provider's clock is right; ours is ahead of it
            const theirs = begin - ahead
            sent.push(now())
            if (sent.length > 1) answer(handler)
            else {
              handler.onHead(429, { date: utc(theirs), "retry-after": utc(theirs + 3000) })
              handler.onEnd()
            }
            return idle
          }
        })
      )
    )
  })
}
