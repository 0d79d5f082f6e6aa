// A 429 from what stands in front of Stripe is a limit like Stripe's own.
//
// Its page is not Stripe's envelope: the charge ended as contract drift after 1 attempt, and its `Retry-After` held
// nobody back.
import { Stripe } from "@surety/stripe"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

/** How a read ends that is answered like this each time, and when it was sent. */
const answered = (headers: Readonly<Record<string, string>>, body: string) => {
  let sent = 0
  return Effect.gen(function* () {
    const stripe = yield* Stripe
    const fiber = yield* Effect.forkChild(Effect.flip(stripe.retrievePaymentIntent({ params: { id: "pi_1" } })))
    yield* TestClock.adjust("20 seconds")
    const error = yield* Fiber.join(fiber)
    return { error, sent }
  }).pipe(
    Effect.provide(
      Stripe.layer.pipe(
        Layer.provide(
          Layer.merge(
            Stripe.Credentials.layer(Redacted.make("sk_test_fake")),
            Layer.succeed(Transport, {
              send: (_, handler) => {
                sent++
                handler.onHead(429, headers)
                handler.onData(new TextEncoder().encode(body))
                handler.onEnd()
                return idle
              }
            })
          )
        )
      )
    )
  )
}

describe("a 429 with", () => {
  const html = { "content-type": "text/html" }
  it.effect("a page of HTML is sent again 2 times", () =>
    Effect.map(answered(html, "<html>slow down</html>"), ({ error, sent }) => {
      assert.strictEqual(error._tag === "RetriesExhausted" && error.reason._tag, "RateLimited")
      assert.strictEqual(sent, 3)
    })
  )

  it.effect("a page of HTML and a Retry-After of 60 s is sent once, and says until when", () =>
    Effect.map(answered({ ...html, "retry-after": "60" }, "<html>slow down</html>"), ({ error, sent }) => {
      if (error._tag !== "RetriesExhausted") return assert.fail(error._tag)
      assert.deepStrictEqual([error.stopped, error.retryAt, sent], ["server-wait", 60_000, 1])
    })
  )

  it.effect("a JSON body of another form is sent again 2 times", () =>
    Effect.map(answered({ "content-type": "application/json" }, '{"message":"slow down"}'), ({ sent }) =>
      assert.strictEqual(sent, 3)
    )
  )
})
