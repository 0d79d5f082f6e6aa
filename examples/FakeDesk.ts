// The help desk in memory: it opens a ticket for every request, and can be searched.
import { Layer, Logger } from "effect"
import { FakeProvider, FaultScript } from "surety/testing"
import { Desk, type Ticket } from "./Desk.ts"

export const make = (script: FaultScript.FaultScript = FaultScript.none) => {
  const tickets: Array<typeof Ticket.Type> = []
  const fake = FakeProvider.make(Desk, {
    script,
    handlers: {
      open: ({ payload }) => {
        const ticket = { number: tickets.length + 1, text: payload.text }
        tickets.push(ticket)
        return ticket
      },
      search: ({ query }) => tickets.filter((ticket) => ticket.text.includes(query.text))
    }
  })
  // an example prints its own lines: what the engine logs of an outage is not among them
  const layer = Layer.merge(Desk.layerFake(fake), Logger.layer([]))
  return { tickets, log: fake.log, layer }
}
