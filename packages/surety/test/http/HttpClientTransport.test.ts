import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { WireRequest } from "surety/http/Transport"
import * as HttpClientTransport from "surety/http/effect"

const request: WireRequest = {
  method: "GET",
  origin: "https://api.shop.example",
  path: "/",
  headers: {},
  body: undefined,
  authorize: undefined
}

const clientOf = (response: () => Response): HttpClient.HttpClient =>
  HttpClient.make((sent) => Effect.sync(() => HttpClientResponse.fromWeb(sent, response())))

/** Sends the request and writes down what the handler is told. */
const observe = (client: HttpClient.HttpClient, onData: (seen: ReadonlyArray<string>) => "go on" | "pause") => {
  const seen: Array<string> = []
  const exchange = HttpClientTransport.make(client).send(request, {
    onHead: (status) => void seen.push(`head ${status}`),
    onData: (chunk) => {
      seen.push(`data ${chunk.length}`)
      if (onData(seen) === "pause") exchange.pause()
    },
    onEnd: () => void seen.push("end"),
    onError: (failure) => void seen.push(`error ${failure.sent} ${failure.code}`)
  })
  return { seen, exchange }
}

/** Lets everything that is ready run. */
const turns = Effect.promise(async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
})

describe("the transport over an Effect HttpClient", () => {
  it.live("ends a 204, which has no body, after its head", () =>
    Effect.gen(function* () {
      const { seen } = observe(
        clientOf(() => new Response(null, { status: 204 })),
        () => "go on"
      )
      yield* turns
      assert.deepStrictEqual(seen, ["head 204", "end"])
    })
  )

  it.live("gives no second of 3 chunks while it is paused, and the rest once it is resumed", () =>
    Effect.gen(function* () {
      const body = () =>
        new ReadableStream<Uint8Array>({
          start(controller) {
            for (const size of [1, 2, 3]) controller.enqueue(new Uint8Array(size))
            controller.close()
          }
        })
      const { exchange, seen } = observe(
        clientOf(() => new Response(body())),
        (all) => (all.length === 2 ? "pause" : "go on")
      )
      yield* turns
      assert.deepStrictEqual(seen, ["head 200", "data 1"])
      exchange.resume()
      yield* turns
      assert.deepStrictEqual(seen, ["head 200", "data 1", "data 2", "data 3", "end"])
    })
  )
})
