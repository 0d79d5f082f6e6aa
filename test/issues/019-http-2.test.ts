// The default transport sends what the engine counts, and no more.
//
// It offered HTTP/2, over which undici sends a refused stream again by itself (6 requests where the rule allows 3) and
// gives a body that was cut off as a whole one (a stream that lost its end was complete).
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as net from "node:net"
import { Transport } from "surety/http/Transport"
import * as UndiciTransport from "surety/http/undici"

/** The first bytes of a connection: a TLS client says there, in plain, which protocols it speaks. */
const hello = Effect.acquireRelease(
  Effect.promise(async () => {
    const heard = Promise.withResolvers<string>()
    const server = net.createServer((socket) => {
      socket.on("error", () => {})
      socket.once("data", (bytes) => {
        heard.resolve(bytes.toString("latin1"))
        socket.destroy()
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
    return { server, heard: heard.promise, port: (server.address() as net.AddressInfo).port }
  }),
  ({ server }) => Effect.sync(() => void server.close())
)

it.live("offers HTTP/1.1 and no HTTP/2", () =>
  Effect.gen(function* () {
    const { heard, port } = yield* hello
    const transport = yield* Transport
    transport.send(
      {
        method: "GET",
        origin: `https://127.0.0.1:${port}`,
        path: "/",
        headers: {},
        body: undefined,
        authorize: undefined
      },
      { onHead: () => {}, onData: () => {}, onEnd: () => {}, onError: () => {} }
    )
    const bytes = yield* Effect.promise(() => heard)
    assert.isAbove(bytes.length, 100)
    assert.notInclude(bytes, "\u0002h2\u0008http/1.1")
    assert.notInclude(bytes, "\u0008http/1.1\u0002h2")
  }).pipe(Effect.provide(UndiciTransport.layer))
)
