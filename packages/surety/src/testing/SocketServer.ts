/**
 * Carries out the plans of a fake provider on a real loopback port, with the faults
 * that only sockets have: a reset, a closed listener, a body that stops halfway.
 *
 * It decides nothing: what happens to a request comes from `FakeServer.admit`.
 * Effect's `NodeHttpServer` hides the socket, which is what these faults act on.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Http from "node:http"
import type * as Net from "node:net"
import * as AnswerPlan from "./AnswerPlan.ts"
import type { Admission, FakeServer } from "./FakeServer.ts"
import * as Fault from "./Fault.ts"

/**
 * A listening fake provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface Opened {
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * Opens the port, and closes and reopens the listener for each span of refusals.
 *
 * **Failures**   Rejects with the error of `listen` when the port cannot be had.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = async (
  server: FakeServer,
  options: {
    readonly port: number
    readonly refusals: ReadonlyArray<{ readonly fromMillis: number; readonly toMillis: number }>
  }
): Promise<Opened> => {
  const sockets = new Set<Net.Socket>()
  const answers = new Timers()
  const windows = new Timers()
  let listener: Http.Server | undefined

  const onRequest = (request: Http.IncomingMessage, response: Http.ServerResponse): void => {
    const chunks: Array<Uint8Array> = []
    request.on("error", () => {})
    response.on("error", () => {})
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks)
      const target = request.url ?? "/"
      if (target.startsWith("/__surety/")) return control(request.method ?? "GET", target.slice(10), response)
      const admission = server.admit({
        method: request.method ?? "GET",
        target,
        headers: joinHeaders(request),
        body: body.toString("utf8"),
        bodyBytes: body.length,
        nowMillis: Date.now(),
        refusal: Fault.resetBefore
      })
      void answer(admission, request, response, answers, () => listener !== undefined)
    })
  }

  const control = (method: string, name: string, response: Http.ServerResponse): void => {
    if (method === "POST" && name === "restart") {
      server.restart(Date.now())
      schedule()
      response.writeHead(204).end()
      return
    }
    const read = name === "log" ? server.log.toJSON : server.control[name]
    response.writeHead(read === undefined ? 404 : 200, { "content-type": "application/json" })
    response.end(read === undefined ? "{}" : JSON.stringify(read()))
  }

  const listen = async (port: number): Promise<number> => {
    // A client's idle connection must not be closed by us unless the script says so.
    const next = Http.createServer({ keepAliveTimeout: 600_000, requestTimeout: 0, headersTimeout: 0 }, onRequest)
    next.on("connection", (socket) => {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      next.once("error", reject)
      next.listen(port, "127.0.0.1", 4096, resolve)
    })
    listener = next
    return (next.address() as Net.AddressInfo).port
  }

  const stopListening = (): void => {
    listener?.close()
    listener = undefined
  }

  const schedule = (): void => {
    windows.clear()
    for (const span of options.refusals) {
      if (span.fromMillis <= 0) stopListening()
      else windows.after(span.fromMillis, stopListening)
      // Timers may fire a millisecond early, while the script still refuses.
      windows.after(span.toMillis + 2, () => {
        if (listener === undefined) void listen(port).catch(() => {})
      })
    }
  }

  const port = await listen(options.port)
  server.start(Date.now())
  schedule()
  return {
    port,
    close: async () => {
      answers.clear()
      windows.clear()
      stopListening()
      for (const socket of sockets) socket.destroy()
    }
  }
}

const answer = async (
  admission: Admission,
  request: Http.IncomingMessage,
  response: Http.ServerResponse,
  timers: Timers,
  isListening: () => boolean
): Promise<void> => {
  const plan = admission.plan
  await timers.sleep(plan.thinkMillis)
  const applied = plan.apply === "yes" ? await admission.apply() : plan.instead
  await timers.sleep(plan.holdMillis)
  const socket = request.socket
  if (socket.destroyed) return
  if (plan.outcome !== "answer" || applied === undefined) {
    socket.resetAndDestroy()
    return
  }
  const answered = AnswerPlan.toAnswer(plan, applied, request.method ?? "GET")
  admission.sent(answered.status)
  response.writeHead(answered.status, isListening() ? answered.headers : { ...answered.headers, connection: "close" })
  if (!answered.paced && answered.end === "complete") {
    response.end(answered.body)
    return
  }
  const closed = once(socket, "close")
  response.flushHeaders()
  for (const piece of AnswerPlan.pieces(plan, answered)) {
    await timers.sleep(piece.afterMillis)
    if (socket.destroyed) return
    if (!response.write(piece.bytes)) await Promise.race([once(response, "drain"), closed])
  }
  if (answered.end === "complete") response.end()
  // The callback comes when the kernel has taken all that was written before it.
  else socket.write("", () => socket.resetAndDestroy())
}

const once = (emitter: NodeJS.EventEmitter, event: string): Promise<void> =>
  new Promise((resolve) => void emitter.once(event, resolve))

// Values of one name are joined as `WireHeaders` does, so that both ways read alike.
const joinHeaders = (request: Http.IncomingMessage): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values !== undefined) headers[name] = values.join(", ")
  }
  return headers
}

/** All the waits of one server, so that closing it leaves none behind. */
class Timers {
  readonly #running = new Set<NodeJS.Timeout>()

  after(delayMillis: number, run: () => void): void {
    if (delayMillis > 2 ** 31 - 1) return
    const timer = setTimeout(() => {
      this.#running.delete(timer)
      run()
    }, delayMillis)
    this.#running.add(timer)
  }

  sleep(delayMillis: number): Promise<void> | undefined {
    return delayMillis <= 0 ? undefined : new Promise((resolve) => this.after(delayMillis, resolve))
  }

  clear(): void {
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
