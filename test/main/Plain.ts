/**
 * A payment provider of fifty lines that owes nothing to the fake: the v1 wire format of one endpoint, keys that are
 * remembered, and every seventh charge lost on its way back.
 */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

export interface Plain extends AsyncDisposable {
  readonly url: string
  /** how often each order was charged */
  readonly charges: ReadonlyMap<string, number>
  readonly requests: () => number
  readonly lookUps: () => number
}

/** `stored` is called per charge: whether it ends in a 500 that is stored under its key, after or before the charge. */
export const serve = async (
  stored: (charge: number) => "no" | "charged" | "not charged" = () => "no"
): Promise<Plain> => {
  const charges = new Map<string, number>()
  const intents: Array<object> = []
  const answers = new Map<string, { readonly status: number; readonly body: object }>()
  let requests = 0
  let lookUps = 0
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    requests++
    if (request.method === "GET") {
      lookUps++
      return respond(200, { object: "list", has_more: false, data: intents })
    }
    const key = request.headers["idempotency-key"]
    const known = typeof key === "string" ? answers.get(key) : undefined
    if (known !== undefined) return respond(known.status, known.body, { "idempotent-replayed": "true" })
    const orderId = form.get("metadata[order_id]") ?? ""
    const broken = stored(answers.size)
    const intent = {
      id: `pi_${intents.length}`,
      object: "payment_intent",
      amount: Number(form.get("amount")),
      amount_capturable: 0,
      amount_received: Number(form.get("amount")),
      capture_method: "automatic",
      created: Math.floor(Date.now() / 1_000),
      currency: form.get("currency"),
      livemode: false,
      metadata: { order_id: orderId },
      status: "succeeded"
    }
    if (broken !== "not charged") {
      intents.push(intent)
      charges.set(orderId, (charges.get(orderId) ?? 0) + 1)
    }
    const answer =
      broken === "no" ? { status: 200, body: intent } : { status: 500, body: { error: { type: "api_error" } } }
    if (typeof key === "string") answers.set(key, answer)
    if (answers.size % 7 === 0) return request.socket.destroy()
    return respond(answer.status, answer.body)

    function respond(status: number, body: object, headers: Record<string, string> = {}): void {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
    }
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    charges,
    requests: () => requests,
    lookUps: () => lookUps,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))
