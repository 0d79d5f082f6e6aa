import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as SourceRequest from "../../src/credential/SourceRequest.ts"
import type { Transport, TransportHandler } from "../../src/http/Transport.ts"
import { assertSilent, marker } from "./Silence.ts"

const request = {
  method: "GET",
  origin: "https://issuer.example",
  path: "/",
  headers: {},
  body: undefined,
  authorize: () => ({ authorization: `Bearer ${marker}` })
}

/** A transport that plays a script, and counts how often it was cancelled. */
const scripted = (play: (handler: TransportHandler) => void) => {
  const seen = { cancels: 0 }
  const transport: Transport = {
    send: (_, handler) => {
      play(handler)
      return { cancel: () => void seen.cancels++, pause: () => {}, resume: () => {} }
    }
  }
  return { seen, transport }
}

const send = (transport: Transport) => SourceRequest.send(transport, request, { issuer: "test", timeout: "5 seconds" })

const why = (transport: Transport): Effect.Effect<string> =>
  Effect.map(Effect.flip(Effect.asVoid(send(transport)).pipe(Effect.andThen(Effect.die("it answered")))), (failure) => {
    assertSilent(failure)
    return `${failure.reason}: ${failure.detail}`
  })

const big = new Uint8Array(SourceRequest.maxBodyBytes + 1)

describe("SourceRequest.send", () => {
  it.effect("joins 3 pieces, also when a character is cut in two", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode("aéz")
      const { transport } = scripted((handler) => {
        handler.onHead(200, { "x-a": "1" })
        for (const piece of [bytes.slice(0, 2), bytes.slice(2, 3), bytes.slice(3)]) handler.onData(piece)
        handler.onEnd()
      })
      assert.deepStrictEqual(yield* send(transport), { status: 200, headers: { "x-a": "1" }, body: "aéz" })
    })
  )

  it.effect("cancels an answer of more than 1,048,576 bytes once, whether it comes at once or later", () =>
    Effect.gen(function* () {
      const expected = "unavailable: test: the answer is longer than 1048576 bytes"
      const atOnce = scripted((handler) => {
        handler.onHead(200, {})
        handler.onData(big)
      })
      assert.strictEqual(yield* why(atOnce.transport), expected)
      assert.strictEqual(atOnce.seen.cancels, 1)
      const later = scripted((handler) =>
        queueMicrotask(() => {
          handler.onHead(200, {})
          handler.onData(big)
        })
      )
      assert.strictEqual(yield* why(later.transport), expected)
      assert.strictEqual(later.seen.cancels, 1)
    })
  )

  it.effect("says the transport's code, and that a transport threw", () =>
    Effect.gen(function* () {
      const refused = scripted((handler) => handler.onError({ sent: "no", code: "dns" }))
      assert.strictEqual(yield* why(refused.transport), "unavailable: test: dns")
      const throwing = scripted(() => {
        throw new Error(marker)
      })
      assert.strictEqual(yield* why(throwing.transport), "unavailable: test: the transport threw")
    })
  )

  it.effect("cancels after 5 s without an end, and when nobody waits any more", () =>
    Effect.gen(function* () {
      const silent = scripted((handler) => handler.onHead(200, {}))
      const late = yield* Effect.forkChild(why(silent.transport))
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(silent.seen.cancels, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(late), "unavailable: test: no answer within 5000 ms")
      assert.strictEqual(silent.seen.cancels, 1)
      const left = yield* Effect.forkChild(send(silent.transport))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(left)
      assert.strictEqual(silent.seen.cancels, 2)
    })
  )
})
