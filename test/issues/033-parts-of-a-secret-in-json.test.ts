// A secret that is a JSON object (an identity of AWS) stays out of failures and logs in each of its parts.
//
// Only the whole text was looked for, which nobody ever writes; S3 quotes the session token that it refuses.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as LiveSecrets from "surety/credential/LiveSecrets"
import { idle, looking, over, Shop } from "./Shop.ts"

const parts = {
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "FQoGZXIvYXdzEBYaDHqa0AP/1234567890=="
}
const secret = JSON.stringify({ accessKeyId: "AKIDEXAMPLE", ...parts })

for (const [name, part] of Object.entries(parts)) {
  it.effect(`S15: a 402 that quotes the ${name} is a failure without it`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip((yield* Shop).look(looking()))
      if (error._tag !== "Declined") return assert.fail(error._tag)
      assert.strictEqual(error.detail, "refused: <redacted>, <redacted>")
    }).pipe(
      Effect.provide(
        over(
          {
            send: (_, handler) => {
              handler.onHead(402, { "content-type": "application/json" })
              const detail = `refused: ${part}, ${encodeURIComponent(part)}`
              handler.onData(new TextEncoder().encode(JSON.stringify({ detail })))
              handler.onEnd()
              return idle
            }
          },
          secret
        )
      )
    )
  )

  it(`S20: a log line with the ${name} is scrubbed while the secret is held, and not afterwards`, () => {
    const held = Redacted.make(secret)
    LiveSecrets.hold(held)
    assert.strictEqual(LiveSecrets.scrub(`sent ${part}.`), "sent <redacted>.")
    assert.strictEqual(LiveSecrets.scrub(`sent ${encodeURIComponent(part)}.`), "sent <redacted>.")
    LiveSecrets.release(held)
    assert.strictEqual(LiveSecrets.scrub(`sent ${part}.`), `sent ${part}.`)
  })
}

it("a member of characters that base64 does not write is no part, and breaks nothing", () => {
  const held = Redacted.make('{"secretAccessKey":"\\ud800\\u00e9\\u20ac-0123456789abcdef"}')
  LiveSecrets.hold(held)
  LiveSecrets.release(held)
})
