/** A server on a loopback port that answers as a function says, and keeps what it was asked. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Loopback {
  readonly origin: string
  readonly requests: ReadonlyArray<Request>
  /** Refuses connections from now on. */
  readonly down: Effect.Effect<void>
}

/** `undefined`: never answers. */
export const serve = (answer: (request: Request) => Reply | undefined): Effect.Effect<Loopback, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests: Array<Request> = []
    const server = Http.createServer((incoming, response) => {
      const chunks: Array<Uint8Array> = []
      incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk))
      incoming.on("end", () => {
        const { headers, method = "", url = "" } = incoming
        const request = { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") }
        requests.push(request)
        const reply = answer(request)
        if (reply === undefined) return
        response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers })
        response.end(reply.body ?? "")
      })
    })
    const down = Effect.promise(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
    )
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))),
      () => down
    )
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, down }
  })
