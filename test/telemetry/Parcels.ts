/**
 * A small provider and its server, and one run of it in which everything happens that telemetry has to tell apart: a secret
 * that is refused once, a success, a declared failure, an answer that does not decode, connections that are reset, answers
 * that do not come, and a circuit that opens.
 */
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import {
  Backoff,
  CircuitBreaker,
  type Credential,
  Credential as Credentials,
  Degradation,
  Failure,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"
import { HttpOperation } from "surety/http"
import * as UndiciTransport from "surety/http/undici"

export class NoSuchParcel extends Failure.Tagged<NoSuchParcel>()("NoSuchParcel", { retry: "never", fault: "caller" }) {}

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 2, jitter: "full" })

export class Parcels extends Provider.Service<Parcels>()("tests/Parcels", {
  baseUrl: "https://api.parcels.example",
  owner: "team-post",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: {
    rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) },
    concurrency: 5,
    breaker: CircuitBreaker.consecutive({ failures: 4, openMin: "1 minute", openMax: "1 minute" })
  },
  credentials: Credentials.bearer({ name: "key", scopes: ["parcels:read"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/parcels",
  operations: {
    track: HttpOperation.read(
      HttpApiEndpoint.get("track", "/v1/parcels/:id", {
        params: { id: Schema.String },
        success: Schema.Struct({ at: Schema.String })
      }),
      {
        timeout: { attempt: "250 millis", total: "2 seconds" },
        failures: [NoSuchParcel.wire(404)],
        retry: { ...RetryMatrix.transport(quick), NoSuchParcel: Backoff.never }
      }
    )
  }
}) {}

export const refused: Redacted.Redacted = Redacted.make("sk_canary_refused_41c9d0")
export const accepted: Redacted.Redacted = Redacted.make("sk_canary_accepted_77ae3f")

/** One secret that is refused, and one that takes its place. */
const renewing = (): Credential.Credentials => {
  let current = refused
  return {
    get current() {
      return Effect.succeed(current)
    },
    rejected: (_secret, _answer, _operation, refresh) =>
      Effect.sync(() => {
        if (refresh === "done" || current === accepted) return { _tag: "Final" } as const
        current = accepted
        return { _tag: "Replay", secret: accepted } as const
      })
  }
}

const serve: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<Http.Server>((resolve) => {
        const server = Http.createServer((request, response) => {
          const json = (status: number, body: unknown) =>
            response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
          if (request.headers.authorization !== `Bearer ${Redacted.value(accepted)}`) {
            return json(401, { error: `bad key ${request.headers.authorization}` })
          }
          switch (request.url?.slice("/v1/parcels/".length)) {
            case "missing":
              return json(404, {})
            case "odd":
              return json(200, { at: 7 })
            case "reset":
              return request.socket.destroy()
            case "slow":
              return
            default:
              return json(200, { at: "Vienna" })
          }
        })
        server.listen(0, "127.0.0.1", () => resolve(server))
      })
  ),
  (server) =>
    Effect.promise(() => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => void server.close(() => resolve()))
    })
).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

/** The provider against its server. */
export const layer: Layer.Layer<Parcels> = Layer.unwrap(Effect.map(serve, (url) => Parcels.layerAt(url))).pipe(
  Layer.provide([UndiciTransport.layer, Parcels.Credentials.layerFrom(Effect.sync(renewing))])
)

/** The provider as it is declared, which is called by nobody. */
export const declared: Layer.Layer<Parcels> = Parcels.layer.pipe(
  Layer.provide([UndiciTransport.layer, Parcels.Credentials.layerFrom(Effect.sync(renewing))])
)

export const ids = ["well", "missing", "odd", "reset", "slow", "well"] as const

/** The run: 6 calls, one after the other, under a span of the application. */
export const run: Effect.Effect<ReadonlyArray<string>, never, Parcels> = Effect.gen(function* () {
  const parcels = yield* Parcels
  return yield* Effect.forEach(ids, (id) =>
    Effect.matchCauseEffect(parcels.track({ params: { id } }), {
      onSuccess: () => Effect.succeed("ok"),
      onFailure: (cause) =>
        Effect.succeed(String(cause.reasons.map((one) => (one._tag === "Fail" ? one.error._tag : one._tag))))
    })
  )
}).pipe(Effect.withSpan("checkout"))
