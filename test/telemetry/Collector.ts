/** An OTLP/JSON collector on a loopback port that can be well, refuse, hang, answer with a status, or be gone. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { gunzipSync } from "node:zlib"

export type Mode = "well" | "hang" | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

export interface Value {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: ReadonlyArray<Value> }
}
export interface Attribute {
  readonly key: string
  readonly value: Value
}
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: ReadonlyArray<Attribute> }>
  readonly status: { readonly code?: number }
}
export interface Point {
  readonly attributes: ReadonlyArray<Attribute>
  readonly asDouble?: number
  readonly asInt?: number | string
  readonly count?: number | string
  readonly sum?: number
  readonly bucketCounts?: ReadonlyArray<number | string>
  readonly explicitBounds?: ReadonlyArray<number>
}
export interface Metric {
  readonly name: string
  readonly unit?: string
  readonly sum?: {
    readonly aggregationTemporality: number
    readonly isMonotonic: boolean
    readonly dataPoints: ReadonlyArray<Point>
  }
  readonly gauge?: { readonly dataPoints: ReadonlyArray<Point> }
  readonly histogram?: { readonly aggregationTemporality: number; readonly dataPoints: ReadonlyArray<Point> }
}
export interface LogRecord {
  readonly body: Value
  readonly eventName?: string
  readonly severityNumber: number
  readonly severityText: string
  readonly traceId?: string
  readonly attributes: ReadonlyArray<Attribute>
}

interface Delivery {
  readonly path: string
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
}

/** What was received, by signal. */
export class Collector {
  readonly deliveries: Array<Delivery> = []
  /** Deliveries that came, whatever became of them. */
  attempts = 0
  mode: Mode = "well"
  answer = "{}"
  url = ""
  #server: Http.Server | undefined
  readonly #sockets = new Set<Socket>()

  async open(port = 0): Promise<void> {
    const server = Http.createServer((request, response) => {
      const chunks: Array<Buffer> = []
      response.on("error", () => {})
      request.on("error", () => {})
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        this.attempts++
        if (this.mode === "hang") return
        if (this.mode !== "well") {
          response
            .writeHead(this.mode.status, this.mode.headers ?? {})
            .end("the collector quotes: sk_canary_collector_9b2e")
          return
        }
        const body = Buffer.concat(chunks)
        const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8")
        this.deliveries.push({ path: request.url ?? "", headers: request.headers, text })
        response.writeHead(200, { "content-type": "application/json" }).end(this.answer)
      })
    })
    server.on("connection", (socket) => {
      this.#sockets.add(socket)
      socket.on("close", () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject)
      server.listen(port, "127.0.0.1", resolve)
    })
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Nobody listens any more. */
  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }

  async reopen(): Promise<void> {
    await this.open(Number(new URL(this.url).port))
  }

  get texts(): ReadonlyArray<string> {
    return this.deliveries.map(({ text }) => text)
  }

  get spans(): ReadonlyArray<Span> {
    return this.#read<{ scopeSpans: ReadonlyArray<{ spans: ReadonlyArray<Span> }> }>("resourceSpans").flatMap((one) =>
      one.scopeSpans.flatMap(({ spans }) => spans)
    )
  }

  get logs(): ReadonlyArray<LogRecord> {
    return this.#read<{ scopeLogs: ReadonlyArray<{ logRecords: ReadonlyArray<LogRecord> }> }>("resourceLogs").flatMap(
      (one) => one.scopeLogs.flatMap(({ logRecords }) => logRecords)
    )
  }

  /** The last reading. */
  get metrics(): ReadonlyMap<string, Metric> {
    const last = this.#read<{ scopeMetrics: ReadonlyArray<{ metrics: ReadonlyArray<Metric> }> }>("resourceMetrics").at(
      -1
    )
    return new Map((last?.scopeMetrics ?? []).flatMap(({ metrics }) => metrics.map((one) => [one.name, one] as const)))
  }

  /** Attributes of the resource of every delivery. */
  get resources(): ReadonlyArray<Readonly<Record<string, unknown>>> {
    return this.deliveries.map(({ text }) => {
      const [one] = Object.values(
        JSON.parse(text) as Record<string, ReadonlyArray<{ resource: { attributes: ReadonlyArray<Attribute> } }>>
      )
      return attributes(one?.[0]?.resource.attributes)
    })
  }

  #read<A>(field: string): ReadonlyArray<A> {
    return this.deliveries.flatMap(({ text }) => (JSON.parse(text) as Record<string, ReadonlyArray<A>>)[field] ?? [])
  }
}

const plain = (value: Value): unknown =>
  value.stringValue ??
  value.boolValue ??
  (value.intValue === undefined ? undefined : Number(value.intValue)) ??
  value.doubleValue ??
  value.arrayValue?.values.map(plain)

export const attributes = (list: ReadonlyArray<Attribute> = []): Readonly<Record<string, unknown>> =>
  Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]))

/** A collector that is there as long as the scope. */
export const make: Effect.Effect<Collector, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(async () => {
    const collector = new Collector()
    await collector.open()
    return collector
  }),
  (collector) => Effect.promise(() => collector.close())
)
