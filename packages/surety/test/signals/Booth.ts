/**
 * A provider for tests of signals, with every option that has a series of its own, and what watches it: metrics, spans and
 * log lines.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import {
  Backoff,
  CircuitBreaker,
  type Contract,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { type FakeServer, FakeTransport } from "surety/testing"

export class Declined extends Failure.Tagged<Declined>()("Declined", { retry: "never", fault: "caller" }) {}
export class Throttled extends Failure.Tagged<Throttled>()("Throttled", { retry: "safe", fault: "provider" }) {}
export class Twice extends Failure.Tagged<Twice>()("Twice", {
  retry: "never",
  fault: "caller",
  idempotency: "conflict"
}) {}
export class Busy extends Failure.Tagged<Busy>()("Busy", {
  retry: "idempotent-only",
  fault: "caller",
  idempotency: "in_progress"
}) {}
export class Spent extends Failure.Tagged<Spent>()("Spent", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied"
}) {}

const quick = Backoff.exponential({ base: "100 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
const timeout = { attempt: "1 second", total: "5 seconds" } as const
const Item = Schema.Struct({ id: Schema.String })
const policy = {
  timeout,
  failures: [Declined.wire(402), Throttled.wire(429), Throttled.wire(403)],
  retry: { ...RetryMatrix.transport(quick), Declined: Backoff.never, Throttled: quick }
} as const
const params = { id: Schema.String }

const get = HttpOperation.read(
  HttpApiEndpoint.get("get", "/items/:id", { params, query: { q: Schema.optional(Schema.String) }, success: Item }),
  { ...policy, conditional: "etag", cost: { calls: 1 }, fallback: Degradation.constant({ id: "none" }) }
)
const plain = HttpOperation.read(HttpApiEndpoint.get("plain", "/plain", { success: Item }), {
  ...policy,
  cost: { calls: 1 }
})
const watch = HttpOperation.stream(
  HttpApiEndpoint.get("watch", "/items/watch", { success: HttpApiSchema.StreamNdjson({ schema: Item }) }),
  { timeout, failures: [], retry: RetryMatrix.transport(quick), cost: { calls: 1 } }
)
const add = HttpOperation.mutation(
  HttpApiEndpoint.post("add", "/items", { payload: Item, success: Item.pipe(HttpApiSchema.status(201)) }),
  {
    timeout,
    failures: [Declined.wire(402), Twice.wire(409), Spent.wire(410), Busy.wire(425)],
    retry: {
      ...RetryMatrix.transport(quick),
      Declined: Backoff.never,
      Twice: Backoff.never,
      Spent: Backoff.never,
      Busy: quick
    },
    idempotency: Idempotency.key({
      header: "Idempotency-Key",
      source: "generated",
      retainedFor: "1 hour",
      replayed: "X-Replayed"
    }),
    scopes: ["write"],
    cost: { calls: 1 }
  }
)
const drop = HttpOperation.mutation(
  HttpApiEndpoint.delete("drop", "/items/:id", { params, success: HttpApiSchema.NoContent }),
  {
    timeout,
    failures: [],
    retry: RetryMatrix.transportNever,
    idempotency: Idempotency.acceptRisk("nobody asks"),
    cost: {}
  }
)
const local = Operation.read("local", {
  timeout,
  failures: [Declined],
  retry: { ...RetryMatrix.transport(quick), Declined: Backoff.never },
  cost: {},
  attempt: (_: string) => Effect.succeed("here")
})

export const operations = { get, plain, watch, add, drop, local }

export const options = {
  baseUrl: "https://api.booth.example/v1",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.serve("an empty item"),
  slo: { availability: 0.99, latency: { p50: "300 millis", p99: "3 seconds" }, window: "30 days" },
  limits: {
    rate: {
      calls: RateLimit.tokenBucket({ limit: 20, per: "1 second" }),
      daily: RateLimit.tokenBucket({ limit: 1000, per: "1 day" })
    },
    learn: ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
      headers["x-left"] === undefined
        ? []
        : [{ bucket: "daily", remaining: Number(headers["x-left"]), resetMillis: 3_600_000 }],
    concurrency: 7,
    breaker: CircuitBreaker.consecutive({ failures: 4 }),
    onStoreError: "closed"
  },
  credentials: Credential.bearer({ scopes: ["write"], rotateEvery: "90 days" }),
  redirectsTo: ["https://files.booth.example"],
  version: { header: "Booth-Version", value: "7", reviewBy: "2027-01-01" },
  requestId: "x-request-id",
  runbook: "https://runbooks.example/booth",
  operations
} as const satisfies Contract.Options<typeof operations, Credential.Credential>

export class Booth extends Provider.Service<Booth>()("tests/Booth", options) {}

export const secret = "sk_live_CANARY7f3a"

export const layerOf = (server: FakeServer.FakeServer) =>
  Booth.layer.pipe(Layer.provide([FakeTransport.layer(server), Booth.Credentials.layer(Redacted.make(secret))]))

/** What became of a call, at the latest ten seconds later. */
export const settle = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(call))
    yield* TestClock.adjust("10 seconds")
    return yield* Fiber.join(fiber)
  })

/** The series of a metric that are not 0, as `attribute=value` without those that all of them have. */
export const told = (name: string, ...shared: ReadonlyArray<string>) =>
  Effect.map(Metric.snapshot, (all) =>
    all
      .filter((one) => one.id === name)
      .flatMap((one) => {
        const { count, value } = one.state as { readonly count?: number; readonly value?: number }
        const amount = Number(count ?? value ?? 0)
        const rest = Object.entries(one.attributes ?? {})
          .filter(([key]) => key !== "unit" && !key.startsWith("integration.provider") && !shared.includes(key))
          .map(([key, attribute]) => `${key}=${attribute}`)
          .sort()
        return amount === 0 ? [] : [[...rest, amount].join(" ")]
      })
      .sort()
  )

export const collecting = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (given) => {
      const span = new Tracer.NativeSpan(given)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}

/** One line of a log, with its annotations. */
export interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

export const logging = () => {
  const lines: Array<Line> = []
  const logger = Logger.make<unknown, void>(({ cause, fiber, logLevel, message }) => {
    if (cause.reasons.length > 0) throw new Error(Cause.pretty(cause))
    lines.push({
      level: logLevel,
      message: Array.isArray(message) ? message.join(" ") : String(message),
      annotations: fiber.getRef(References.CurrentLogAnnotations)
    })
  })
  return { lines, layer: Logger.layer([logger]) }
}
