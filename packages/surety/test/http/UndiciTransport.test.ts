import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { Transport } from "surety/http/Transport"
import * as UndiciTransport from "surety/http/undici"

/** A server that counts its connections. */
const serve = Effect.acquireRelease(
  Effect.promise(async () => {
    const sockets = new Set<Socket>()
    const closed: Array<Promise<void>> = []
    const server = Http.createServer((_, response) => void setImmediate(() => response.end("ok")))
    server.on("connection", (socket) => {
      sockets.add(socket)
      closed.push(new Promise((resolve) => void socket.once("close", () => resolve())))
    })
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { server, origin, sockets, allClosed: () => Promise.all(closed) }
  }),
  ({ server }) =>
    Effect.promise(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
    )
)

const get = (origin: string): Effect.Effect<number, string, Transport> =>
  Effect.flatMap(Transport, (transport) =>
    Effect.callback<number, string>((resume) => {
      let status = 0
      transport.send(
        { method: "GET", origin, path: "/", headers: {}, body: undefined, authorize: undefined },
        {
          onHead: (head) => void (status = head),
          onData: () => {},
          onEnd: () => resume(Effect.succeed(status)),
          onError: ({ code, sent }) => resume(Effect.fail(`${code}, sent: ${sent}`))
        }
      )
    })
  )

const three = (origin: string, layer: Layer.Layer<Transport>) =>
  Effect.all([get(origin), get(origin), get(origin)], { concurrency: "unbounded" }).pipe(Effect.provide(layer))

/** Lets everything that is ready run. */
const turns = Effect.promise(async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
})

describe("the transport over undici", () => {
  it.live("sends 3 requests at once over 3 connections, and over 1 where only 1 is allowed", () =>
    Effect.gen(function* () {
      const free = yield* serve
      assert.deepStrictEqual(yield* three(free.origin, UndiciTransport.layer), [200, 200, 200])
      assert.strictEqual(free.sockets.size, 3)
      const narrow = yield* serve
      const layer = UndiciTransport.layerWith({ connections: 1 })
      assert.deepStrictEqual(yield* three(narrow.origin, layer), [200, 200, 200])
      assert.strictEqual(narrow.sockets.size, 1)
    })
  )

  it.live("keeps a connection for the next request, and closes it with its layer", () =>
    Effect.gen(function* () {
      const { allClosed, origin, sockets } = yield* serve
      yield* Effect.gen(function* () {
        yield* get(origin)
        // undici lets a turn of the event loop pass before it uses a connection again
        yield* turns
        yield* get(origin)
        assert.deepStrictEqual(
          [...sockets].map((socket) => socket.destroyed),
          [false]
        )
      }).pipe(Effect.provide(UndiciTransport.layer))
      yield* Effect.promise(allClosed)
    })
  )

  it.live("says that nothing was sent to a port where nobody listens", () =>
    Effect.gen(function* () {
      const { origin } = yield* Effect.scoped(serve)
      const failure = yield* Effect.flip(Effect.provide(get(origin), UndiciTransport.layer))
      assert.strictEqual(failure, "connect_refused, sent: no")
    })
  )
})
