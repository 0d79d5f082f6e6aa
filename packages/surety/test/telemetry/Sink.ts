/** A collector without a network: it keeps what it took and answers as a test says. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"

export type Reply = "take" | "hang" | "die" | { readonly status: number; readonly headers?: Record<string, string> }

export class Sink {
  reply: Reply = "take"
  answer = "{}"
  readonly asked: Array<string> = []
  readonly taken: Array<{ readonly path: string; readonly text: string; readonly headers: Record<string, string> }> = []

  readonly client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      this.asked.push(url.pathname)
      const { reply } = this
      if (reply === "hang") return Effect.never
      if (reply === "die") return Effect.die(new Error("socket hang up at sk_collector_1a2b"))
      if (reply !== "take") {
        return Effect.succeed(
          HttpClientResponse.fromWeb(
            request,
            new Response("no", { status: reply.status, ...(reply.headers && { headers: reply.headers }) })
          )
        )
      }
      const { body } = request
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
      this.taken.push({ path: url.pathname, text, headers: { ...request.headers } })
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(this.answer, { status: 200 })))
    })
  )

  readonly layer = Layer.succeed(HttpClient.HttpClient, this.client)

  /** The items of a signal that were taken, as JSON has them. */
  count(path: string, field: string): number {
    return this.taken
      .filter((one) => one.path === path)
      .reduce((sum, { text }) => sum + (text.split(`"${field}"`).length - 1), 0)
  }

  paths(path: string): number {
    return this.asked.filter((one) => one === path).length
  }
}

/** How much of a signal was lost, by reason. */
export const lost = (signal: string): Effect.Effect<Readonly<Record<string, number>>> =>
  Effect.map(Metric.snapshot, (all) => {
    const found: Record<string, number> = {}
    for (const { attributes, id, state } of all) {
      if (id !== "integration.telemetry.dropped" || attributes?.["signal"] !== signal) continue
      const count = Number((state as Metric.CounterState<number>).count)
      if (count > 0) found[attributes["reason"] ?? ""] = count
    }
    return found
  })

/** Log lines of a program, each as its message and what is annotated. */
export const hearing = (lines: Array<string>): Layer.Layer<never> =>
  Logger.layer([
    Logger.map(Logger.formatStructured, ({ annotations, level, message }) => {
      lines.push(`${level} ${String(message)} ${JSON.stringify(annotations)}`)
    })
  ])
