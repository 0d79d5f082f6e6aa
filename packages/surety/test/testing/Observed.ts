/**
 * What a client sees of one exchange over a `Transport`, as lines with the time of
 * each: `head 200 @0`, `data 7 @50`, `end @50`, `error maybe reset @0`.
 */
import type * as Clock from "effect/Clock"
import type { Exchange, Transport, WireRequest } from "../../src/http/Transport.ts"

export interface Observed {
  readonly lines: Array<string>
  readonly chunks: Array<Uint8Array>
  readonly headers: () => Readonly<Record<string, string>>
  readonly body: () => string
  readonly exchange: Exchange
}

export const post = (path: string, headers: Readonly<Record<string, string>> = {}): WireRequest => ({
  method: "POST",
  origin: "http://fake.example",
  path,
  headers,
  body: "hello",
  authorize: undefined
})

export const observe = (transport: Transport, clock: Clock.Clock, request: WireRequest): Observed => {
  const lines: Array<string> = []
  const chunks: Array<Uint8Array> = []
  let headers: Readonly<Record<string, string>> = {}
  const note = (line: string): void => void lines.push(`${line} @${clock.currentTimeMillisUnsafe()}`)
  const exchange = transport.send(request, {
    onHead: (status, received) => {
      headers = received
      note(`head ${status}`)
    },
    onData: (chunk) => {
      chunks.push(chunk)
      note(`data ${chunk.length}`)
    },
    onEnd: () => note("end"),
    onError: (failure) => note(`error ${failure.sent} ${failure.code}`)
  })
  return { lines, chunks, exchange, headers: () => headers, body: () => Buffer.concat(chunks).toString("utf8") }
}
