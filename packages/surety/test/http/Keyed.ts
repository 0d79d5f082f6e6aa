/**
 * A provider behind a key, over a transport that plays its server: it keeps what was sent, and answers as a test says.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import {
  Backoff,
  CircuitBreaker,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix,
  Sdk
} from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport, type TransportHandler, type WireRequest } from "surety/http/Transport"

export class WrongKey extends Failure.Tagged<WrongKey>()("WrongKey", { retry: "never", fault: "local" }) {}
export class TokenExpired extends Failure.Tagged<TokenExpired>()("TokenExpired", {
  retry: "never",
  fault: "local",
  credential: "rejected"
}) {}

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 2, jitter: "full" })
const timeout = { attempt: "1 second", total: "5 seconds" } as const
const transport = RetryMatrix.transport(quick)
const Body = Schema.Struct({ note: Schema.String })

export const declared = {
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: {
    rate: RateLimit.unlimited("a test"),
    concurrency: 2,
    breaker: CircuitBreaker.consecutive({ failures: 2 })
  },
  version: { unversioned: "a test", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/keyed",
  baseUrl: "https://api.keyed.example"
} as const

export const operations = {
  /** Declares nothing about a 401. */
  look: HttpOperation.read(HttpApiEndpoint.get("look", "/notes", { success: Body }), {
    timeout,
    failures: [],
    retry: transport
  }),
  /** Declares its own 401, and a 200 that means the same. */
  note: HttpOperation.mutation(HttpApiEndpoint.post("note", "/notes", { payload: Body, success: Body }), {
    timeout,
    failures: [WrongKey.wire(401), TokenExpired.wire(419)],
    retry: { ...transport, WrongKey: Backoff.never, TokenExpired: Backoff.never },
    idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "24 hours" })
  }),
  administer: HttpOperation.read(HttpApiEndpoint.get("administer", "/admin", { success: Body }), {
    timeout,
    failures: [],
    retry: transport,
    scopes: ["read", "admin"]
  }),
  watch: Operation.read("watch", {
    timeout,
    failures: [TokenExpired],
    retry: { ...transport, TokenExpired: Backoff.never },
    attempt: Sdk.client({
      make: ({ secret }) => Redacted.value(secret),
      classify: () => new TokenExpired(),
      cancellation: "abortable"
    })((key, good: string) => (key === good ? Promise.resolve(key.length) : Promise.reject(new Error("expired"))))
  })
}

export class Keyed extends Provider.Service<Keyed>()("tests/Keyed", {
  ...declared,
  credentials: Credential.bearer({ name: "key", scopes: ["read", "write", "admin"], rotateEvery: "90 days" }),
  operations
}) {}

export interface Sent {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What a server sees and says. */
export class Server {
  readonly sent: Array<Sent> = []
  readonly requests: Array<WireRequest> = []
  private readonly answer: (sent: Sent, count: number) => Reply

  constructor(answer: (sent: Sent, count: number) => Reply) {
    this.answer = answer
  }

  readonly layer = Layer.sync(Transport, (): Transport => ({
    send: (request, handler) => {
      const sent = {
        path: request.address?.() ?? request.path,
        headers: { ...request.headers, ...request.authorize?.() }
      }
      this.requests.push(request)
      this.sent.push(sent)
      const reply = this.answer(sent, this.sent.length)
      queueMicrotask(() => deliver(handler, reply))
      return { cancel: () => {}, pause: () => {}, resume: () => {} }
    }
  }))

  keys(): ReadonlyArray<string | undefined> {
    return this.sent.map(({ headers }) => headers["authorization"]?.replace("Bearer ", ""))
  }
}

const deliver = (handler: TransportHandler, reply: Reply): void => {
  handler.onHead(reply.status, { "content-type": "application/json", ...reply.headers })
  handler.onData(new TextEncoder().encode(JSON.stringify(reply.body ?? { note: "x" })))
  handler.onEnd()
}

/** Accepts one key. */
export const accepting = (good: () => string): Server =>
  new Server(({ headers }) => ({ status: headers["authorization"] === `Bearer ${good()}` ? 200 : 401 }))

/** A source whose secret can be renewed to the next one, and which counts how often it was asked to. */
export const renewing = (...secrets: ReadonlyArray<string>) => {
  const held = secrets.map((secret) => Redacted.make(secret))
  let at = 0
  const asked: Array<string> = []
  const source: Credential.Credentials = {
    get current() {
      return Effect.succeed(held[at] ?? Redacted.make("none"))
    },
    rejected: (secret, answer, operation, refresh) =>
      Effect.sync(() => {
        asked.push(`${operation} ${answer.status ?? "-"} ${refresh}`)
        if (refresh === "done" || secret !== held[at] || at + 1 >= held.length) return { _tag: "Final" } as const
        at++
        return { _tag: "Replay", secret: held[at] ?? secret } as const
      })
  }
  return { source, asked }
}

export const provide = (server: Server, source: Credential.Credentials) =>
  Keyed.layer.pipe(Layer.provide(Layer.merge(server.layer, Keyed.Credentials.layerFrom(Effect.succeed(source)))))
