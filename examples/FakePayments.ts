// The provider of the examples, in memory: it honours idempotency keys, so that it knows whether it charged once.
import { FakeExchange, FakeServer, FakeTransport, FaultScript } from "surety/testing"
import { Payments } from "./Payments.ts"

export const make = (script: FaultScript.FaultScript = FaultScript.none) => {
  const charges = new Map<string, { readonly id: string; readonly amount: number }>()
  const server = FakeServer.make({
    script,
    handle: ({ body, index, key = `none-${index}`, method, path, query }) => {
      if (path.startsWith("/v1/rates/")) return FakeExchange.json(200, { currency: path.slice(10), perEuro: 1.08 })
      if (method === "GET") {
        const first = Number(query.get("after") ?? 1)
        const data = [first, first + 1].map((n) => ({ id: `ch_${n}`, amount: n * 100 }))
        return FakeExchange.json(200, first < 5 ? { data, next: String(first + 2) } : { data })
      }
      const { amount } = JSON.parse(body) as { readonly amount: number }
      const charge = charges.get(key) ?? { id: `ch_${charges.size + 1}`, amount }
      charges.set(key, charge)
      return FakeExchange.json(200, charge)
    }
  })
  return { charges, log: server.log, layer: Payments.layerFake({ layerFor: () => FakeTransport.layer(server) }) }
}
