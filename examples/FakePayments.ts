// The provider of the examples, in memory. It is made from the contract, so it remembers keys and knows what it charged.
import { Layer, Logger } from "effect"
import { FakeProvider, FaultScript } from "surety/testing"
import { Payments } from "./Payments.ts"

export const make = (script: FaultScript.FaultScript = FaultScript.none) => {
  let charged = 0
  const fake = FakeProvider.make(Payments, {
    script,
    handlers: {
      charge: ({ payload }) => ({ id: `ch_${++charged}`, amount: payload.amount }),
      getRate: ({ params }) => ({ currency: params.currency, perEuro: 1.08 }),
      listCharges: ({ query }) => {
        const first = Number(query.after ?? 1)
        const data = [first, first + 1].map((n) => ({ id: `ch_${n}`, amount: n * 100 }))
        return first < 5 ? { data, next: String(first + 2) } : { data }
      }
    }
  })
  // an example prints its own lines: what the engine logs of an outage is not among them
  const layer = Layer.merge(Payments.layerFake(fake), Logger.layer([]))
  return { charges: fake.requests.charge, log: fake.log, layer }
}
