/**
 * The frame of the misbehaving servers: a port for the client under test, and a second one to hand in the plan
 * (`POST /plan`) and to read what was seen (`GET /seen`). The second never misbehaves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { now, type Plan, type Seen } from "./Plan.ts"

/** One charge in the shape that every client of the benches accepts, vendor SDKs included. */
export const charge = JSON.stringify({ id: "ch_1", object: "charge", amount: 1999, currency: "eur" })

/** The error envelope that the vendors' SDKs know. */
export const unavailable = JSON.stringify({ error: { type: "api_error", message: "unavailable" } })

export const answer = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length })
  response.end(body)
}

export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly at: number
  readonly plan: Plan
  /** to be called when the work was done for nobody */
  readonly wasted: () => void
}

/**
 * When requests really came in, on a machine that may not let this process run for a while: what is read at once after
 * such a pause is spread evenly over it. Without a pause it is the time of reading.
 */
class ArrivalTimes {
  private readonly times: Array<number> = []
  private aliveAt = now()
  private unread = 0
  private static readonly pauseMillis = 10

  constructor() {
    setInterval(() => this.settle(), 2)
  }

  note(): void {
    this.times.push(now())
    this.unread++
  }

  all(): ReadonlyArray<number> {
    return this.times
  }

  private settle(): void {
    const at = now()
    const [from, count] = [this.aliveAt, this.unread]
    this.aliveAt = at
    this.unread = 0
    if (at - from < ArrivalTimes.pauseMillis) return
    for (let index = 0; index < count; index++) {
      this.times[this.times.length - count + index] = from + ((at - from) * (index + 0.5)) / count
    }
  }
}

export const misbehave = (handle: (arrival: Arrival) => void): void => {
  let plan: Plan = { beginsAt: Infinity, endsAt: Infinity }
  let wasted = 0
  const arrivals = new ArrivalTimes()

  const provider = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const at = now()
    arrivals.note()
    request.resume()
    handle({ request, response, at, plan, wasted: () => void wasted++ })
  })

  const admin = createServer(async (request, response) => {
    if (request.method === "POST") plan = JSON.parse(await text(request)) as Plan
    const seen: Seen = { arrivals: arrivals.all(), wasted }
    const body = JSON.stringify(seen)
    response.writeHead(200, { "content-type": "application/json", connection: "close" })
    response.end(body)
  })

  provider.listen(0, "127.0.0.1", 1_024, () => {
    admin.listen(0, "127.0.0.1", () => {
      const [port, adminPort] = [(provider.address() as AddressInfo).port, (admin.address() as AddressInfo).port]
      process.send?.({ port, adminPort })
    })
  })
  process.on("disconnect", () => process.exit(0))
}
