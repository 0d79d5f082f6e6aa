/** A webhook on loopback that writes down what Alertmanager sends, to whom, and when. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import type { Labels } from "./Declared.ts"

/** An alert as somebody was told of it. `atMillis`: on the clock of `performance.now`, when the message was here. */
export interface Told {
  readonly atMillis: number
  readonly receiver: string
  readonly status: "firing" | "resolved"
  readonly labels: Labels
  readonly annotations: Labels
}

/** What of Alertmanager's webhook message (version 4) is read. */
interface Message {
  readonly receiver: string
  readonly alerts: ReadonlyArray<Omit<Told, "atMillis" | "receiver">>
}

export class Receiver implements AsyncDisposable {
  readonly told: Array<Told> = []
  readonly url: string
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
    server.on("request", async (request, response) => {
      const { alerts, receiver } = (await json(request)) as Message
      const atMillis = performance.now()
      for (const { annotations, labels, status } of alerts) {
        this.told.push({ atMillis, receiver, status, labels, annotations })
      }
      response.writeHead(200).end()
    })
  }

  static async listen(): Promise<Receiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
