/** A transport that reports each request to the wire. It changes nothing. */
import type { Transport } from "surety/http/Transport"
import type { Wire } from "../Wire.ts"

export const make =
  (wire: Wire) =>
  (transport: Transport): Transport => ({
    send: (request, handler) => {
      const sent = wire.send(typeof request.body === "string" ? request.body : "")
      const exchange = transport.send(request, {
        onHead: (status, headers) => {
          sent.answered(status)
          handler.onHead(status, headers)
        },
        onData: (chunk) => handler.onData(chunk),
        onEnd: () => handler.onEnd(),
        onError: (failure) => {
          if (failure.sent === "no") sent.notSent()
          else sent.lost()
          handler.onError(failure)
        }
      })
      return {
        cancel: () => {
          sent.lost()
          exchange.cancel()
        },
        pause: () => exchange.pause(),
        resume: () => exchange.resume()
      }
    }
  })
