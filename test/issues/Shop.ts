/**
 * A provider for the tests in this folder: a charge under a key and a look, over whatever transport a test brings.
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
  Provider,
  RateLimit,
  RetryMatrix,
  ServerHint
} from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport, type TransportHandler } from "surety/http/Transport"

export class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  fields: { detail: Schema.String }
}) {}

export class Throttled extends Failure.Tagged<Throttled>()("Throttled", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })
const guarded = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [
    Declined.wire(402),
    Throttled.wire(429, {
      body: Schema.Unknown,
      decode: ({ headers, nowMillis }) => {
        const retryAfter = ServerHint.retryAfter(headers["retry-after"], nowMillis)
        return retryAfter === undefined ? {} : { retryAfter }
      },
      encode: () => ({ body: {} })
    })
  ],
  retry: { ...RetryMatrix.transport(quick), Declined: Backoff.never, Throttled: quick }
} as const

const Charge = Schema.Struct({ id: Schema.String })

export class Shop extends Provider.Service<Shop>()("tests/Shop", {
  baseUrl: "https://api.shop.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { calls: RateLimit.tokenBucket({ limit: 10_000, per: "1 second" }) },
    concurrency: 10,
    breaker: CircuitBreaker.consecutive({ failures: 5 })
  },
  credentials: Credential.bearer({ scopes: ["charges"], rotateEvery: "90 days" }),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/shop",
  operations: {
    charge: HttpOperation.mutation(
      HttpApiEndpoint.post("charge", "/charges", {
        payload: Schema.Struct({ amount: Schema.Int, note: Schema.optionalKey(Schema.String) }),
        success: Charge
      }),
      {
        ...guarded,
        format: "form",
        idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "24 hours" })
      }
    ),
    look: HttpOperation.read(
      HttpApiEndpoint.get("look", "/charges/:id", {
        params: { id: Schema.String },
        query: { q: Schema.optionalKey(Schema.String) },
        headers: { "x-note": Schema.optionalKey(Schema.String) },
        success: Charge
      }),
      guarded
    )
  }
}) {}

/** A look at the charge `a`, with what a test is about. */
export const looking = (
  extra: { readonly id?: string; readonly q?: string; readonly note?: string } = {}
): Parameters<Shop["Service"]["look"]>[0] => ({
  params: { id: extra.id ?? "a" },
  query: extra.q === undefined ? {} : { q: extra.q },
  headers: extra.note === undefined ? {} : { "x-note": extra.note }
})

/** Answers with the charge `a`. */
export const answer = (handler: TransportHandler): void => {
  handler.onHead(200, { "content-type": "application/json" })
  handler.onData(new TextEncoder().encode('{"id":"a"}'))
  handler.onEnd()
}

export const idle = { cancel: () => {}, pause: () => {}, resume: () => {} }

/** The shop over a transport, with a secret. */
export const over = (transport: Transport, secret = "sk_test_shop", url = "http://127.0.0.1:1"): Layer.Layer<Shop> =>
  overLayer(Layer.succeed(Transport, transport), secret, url)

/** The same over a transport that is built. */
export const overLayer = (
  transport: Layer.Layer<Transport>,
  secret = "sk_test_shop",
  url = "http://127.0.0.1:1"
): Layer.Layer<Shop> =>
  Shop.layerAt(url).pipe(Layer.provide(Layer.merge(Shop.Credentials.layer(Redacted.make(secret)), transport)))

/** What is in flight, as an operator sees it. */
export const inFlight = Effect.map(Shop, (shop) => Provider.control(shop)?.inFlight())
