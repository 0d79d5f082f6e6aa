/**
 * A provider with one operation of each kind that a fake has to serve: JSON, form and query,
 * every disposition of failure, no body, the three kinds of stream, and operations without
 * a wire.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  Backoff,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix,
  StreamOperation
} from "surety"
import { HttpOperation } from "surety/http"

export class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String, param: Schema.optional(Schema.String) }
}) {}

export class Throttled extends Failure.Tagged<Throttled>()("Throttled", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

/** The provider broke while it worked: nobody knows how far it came. */
export class Broken extends Failure.Tagged<Broken>()("Broken", {
  retry: "idempotent-only",
  fault: "provider",
  fields: { trace: Schema.String }
}) {}

const declined = Declined.wire([402, 404], {
  body: Schema.Struct({ error: Schema.Struct({ code: Schema.String, param: Schema.optional(Schema.String) }) }),
  decode: ({ body }) => body.error,
  encode: ({ code, param }) => ({ body: { error: { code, ...(param === undefined ? {} : { param }) } } })
})
const throttled = Throttled.wire(429, {
  body: Schema.Struct({
    error: Schema.Struct({ kind: Schema.Literal("slow_down"), waitMillis: Schema.optional(Schema.Number) })
  }),
  decode: ({ body, headers }) => {
    const millis = headers["retry-after"] === undefined ? body.error.waitMillis : Number(headers["retry-after"]) * 1000
    return millis === undefined ? {} : { retryAfter: Duration.millis(millis) }
  },
  encode: ({ retryAfter }) => ({
    body: {
      error: { kind: "slow_down", ...(retryAfter === undefined ? {} : { waitMillis: Duration.toMillis(retryAfter) }) }
    }
  })
})
const broken = Broken.wire(500)
const failures = [declined, throttled, broken] as const

/** Waits of exactly 100 and 200 ms under a random of 0.5, 3 attempts. */
export const quick = Backoff.exponential({ base: "200 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const timeout = { attempt: "1 second", total: "8 seconds" } as const
const http = { timeout, maxBodyBytes: 10_000 } as const
const retry = { ...RetryMatrix.transport(quick), Declined: Backoff.never, Throttled: quick, Broken: quick } as const
const keyed = Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" })

export const Order = Schema.Struct({
  amount: Schema.Int,
  currency: Schema.Literals(["eur", "usd"]),
  express: Schema.optional(Schema.Boolean),
  note: Schema.optional(Schema.String),
  placedAt: Schema.optional(Schema.Date),
  items: Schema.Array(Schema.Struct({ sku: Schema.String, count: Schema.Int })),
  metadata: Schema.optional(Schema.Record(Schema.String, Schema.String))
})
export const Charge = Schema.Struct({ id: Schema.String, amount: Schema.Int, paidAt: Schema.Date })

const charge = HttpOperation.mutation(
  HttpApiEndpoint.post("charge", "/v1/charges", { payload: Order, success: Charge.pipe(HttpApiSchema.status(201)) }),
  { ...http, failures, retry, idempotency: keyed }
)

/** The same order as a form with brackets, under a key that is quoted. */
const order = HttpOperation.mutation(HttpApiEndpoint.post("order", "/v1/orders", { payload: Order, success: Charge }), {
  ...http,
  failures,
  retry,
  format: "form",
  idempotency: Idempotency.key({ header: "X-Key", source: "generated", retainedFor: "1 hour", format: "quoted" })
})

const getCharge = HttpOperation.read(
  HttpApiEndpoint.get("getCharge", "/v1/charges/:id", {
    params: { id: Schema.String },
    query: { expand: Schema.optional(Schema.Array(Schema.String)), limit: Schema.optional(Schema.Int) },
    headers: { "x-region": Schema.optional(Schema.String) },
    success: Charge
  }),
  { ...http, failures, retry }
)

const cancel = HttpOperation.mutation(
  HttpApiEndpoint.delete("cancel", "/v1/charges/:id", { params: { id: Schema.String } }),
  {
    ...http,
    failures,
    retry,
    idempotency: Idempotency.natural("deleting twice is deleting once")
  }
)

/** Without any protection: what is lost stays unknown. */
const refund = HttpOperation.mutation(
  HttpApiEndpoint.post("refund", "/v1/refunds", { payload: Schema.Struct({ charge: Schema.String }), success: Charge }),
  {
    ...http,
    failures,
    retry: { ...RetryMatrix.transportNotSent(quick), Declined: Backoff.never, Throttled: quick, Broken: Backoff.never },
    idempotency: Idempotency.acceptRisk("refunds are checked by hand each evening")
  }
)

export const Tick = Schema.Struct({ n: Schema.Int, at: Schema.Date })

const ticks = HttpOperation.stream(
  HttpApiEndpoint.get("ticks", "/v1/ticks", { success: HttpApiSchema.StreamNdjson({ schema: Tick }) }),
  { ...http, failures, retry, idle: "700 millis" }
)
const events = HttpOperation.stream(
  HttpApiEndpoint.get("events", "/v1/events", { success: HttpApiSchema.StreamSse({ data: Schema.toCodecJson(Tick) }) }),
  { ...http, failures, retry, idle: "700 millis" }
)
const download = HttpOperation.stream(
  HttpApiEndpoint.get("download", "/v1/export", {
    success: HttpApiSchema.StreamUint8Array({ contentType: "application/octet-stream" })
  }),
  { ...http, failures, retry, idle: "700 millis" }
)

/** What the real attempts of the operations without a wire did: nothing may reach them. */
export const reached: Array<string> = []

const sdkFailures = [Declined, Throttled, Broken] as const

const send = Operation.mutation("send", {
  timeout,
  failures: sdkFailures,
  retry,
  idempotency: keyed,
  attempt: (request: { readonly to: string }) =>
    Effect.sync(() => {
      reached.push(request.to)
      return { sent: true }
    })
})
const watch = StreamOperation.read("watch", {
  timeout,
  failures: sdkFailures,
  retry,
  idle: "700 millis",
  attempt: (request: { readonly from: number }) =>
    Stream.suspend(() => {
      reached.push(String(request.from))
      return Stream.make(request.from)
    })
})

export class Shop extends Provider.Service<Shop>()("test/Shop", {
  baseUrl: "https://api.shop.example/pay",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 1000, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/shop",
  operations: { charge, order, getCharge, cancel, refund, ticks, events, download, send, watch }
}) {}
