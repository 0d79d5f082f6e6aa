// The help desk in memory: it opens a ticket for every request, and can be searched.
import { FakeExchange, FakeServer, FakeTransport, FaultScript } from "surety/testing"
import { Desk, type Ticket } from "./Desk.ts"

export const make = (script: FaultScript.FaultScript = FaultScript.none) => {
  const tickets: Array<typeof Ticket.Type> = []
  const server = FakeServer.make({
    script,
    handle: ({ body, method, query }) => {
      if (method === "GET") {
        return FakeExchange.json(
          200,
          tickets.filter((ticket) => ticket.text.includes(query.get("text") ?? ""))
        )
      }
      const ticket = { number: tickets.length + 1, ...(JSON.parse(body) as { readonly text: string }) }
      tickets.push(ticket)
      return FakeExchange.json(200, ticket)
    }
  })
  return { tickets, log: server.log, layer: Desk.layerFake({ layerFor: () => FakeTransport.layer(server) }) }
}
