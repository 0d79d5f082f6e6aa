// A call whose credential's scope closes meanwhile ends with a failure, and shows nothing of the answer.
//
// The wiped secret threw where it was read: out of the transport's callback when a refusal came back, so that the call hung
// or died, and out of `send` over an Effect `HttpClient`, so that it died.
import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientTransport from "surety/http/effect"
import { Transport, type TransportHandler, type WireRequest } from "surety/http/Transport"
import { idle, looking, Shop } from "./Shop.ts"

const url = "http://127.0.0.1:1"
const shop = (transport: Layer.Layer<Transport>, secret: Redacted.Redacted<string>) =>
  Shop.layerAt(url).pipe(Layer.provide(Layer.merge(Shop.Credentials.layer(secret), transport)))

const refuse = (status: number) => (handler: TransportHandler) => {
  handler.onHead(status, { "content-type": "application/json", "x-key": "sk_live_0123456789", "retry-after": "0" })
  handler.onData(new TextEncoder().encode('{"detail":"no such key sk_live_0123456789"}'))
  handler.onEnd()
}

for (const status of [402, 403, 409]) {
  it.effect(`a ${status} that quotes a wiped secret is a failure without it`, () => {
    const secret = Redacted.make("sk_live_0123456789")
    const waiting: Array<TransportHandler> = []
    const transport = Layer.succeed(Transport, {
      send: (_: WireRequest, handler: TransportHandler) => {
        waiting.push(handler)
        return idle
      }
    })
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild((yield* Shop).look(looking()), { startImmediately: true })
      Redacted.wipeUnsafe(secret)
      refuse(status)(waiting[0]!)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && !Cause.hasDies(exit.cause), String(exit))
      assert.notInclude(JSON.stringify(exit) + String(exit), "sk_live")
    }).pipe(Effect.provide(shop(transport, secret)))
  })
}

it.live("a request whose secret was wiped before it was written is not sent, over an Effect HttpClient", () => {
  const secret = Redacted.make("sk_live_0123456789")
  let sent = 0
  const client = HttpClient.make(() => {
    sent++
    return Effect.never
  })
  const transport = Layer.effect(
    Transport,
    Effect.map(Transport, (inner) => ({
      send: (request: WireRequest, handler: TransportHandler) => {
        Redacted.wipeUnsafe(secret)
        return inner.send(request, handler)
      }
    }))
  ).pipe(Layer.provide(HttpClientTransport.layer), Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
  return Effect.gen(function* () {
    const exit = yield* Effect.exit((yield* Shop).look(looking()))
    assert.isTrue(Exit.isFailure(exit) && !Cause.hasDies(exit.cause), String(exit))
    assert.strictEqual(sent, 0)
  }).pipe(Effect.provide(shop(transport, secret)))
})

it.effect("a call with a secret that was wiped before is refused, and nothing is sent", () => {
  const secret = Redacted.make("sk_live_0123456789")
  let sent = 0
  const transport = Layer.succeed(Transport, {
    send: () => {
      sent++
      return idle
    }
  })
  return Effect.gen(function* () {
    Redacted.wipeUnsafe(secret)
    const error = yield* Effect.flip((yield* Shop).look(looking()))
    assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialUnavailable")
    assert.strictEqual(sent, 0)
  }).pipe(Effect.provide(shop(transport, secret)))
})
