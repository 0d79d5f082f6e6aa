/**
 * The orders with Effect's `HttpClient`: `retryTransient` inside `withCircuitBreaker`, the order that its documentation
 * recommends, with `filterStatusOk` and a schema for the answer as in its guide.
 *
 * Fair means: the same attempts, attempt timeout, total time and threshold of the breaker as the other runs; the circuit
 * stays open for 2 s, which is kinder than the 30 s of the examples in the documentation; an order that was refused is
 * placed again as in the other runs, and not before the time that `Retry-After` names. `retryTransient` reads that
 * header itself. `withRateLimiter` is left out, since this provider has no standing limit that it could keep.
 *
 * `HttpClient` sends no idempotency key by itself, and neither do its examples, which retry a POST like this one.
 * `--peer-keys` adds one by hand: then nothing is doubled, and what is left to compare is the load in the outage and
 * the time to recover.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Cause, Context, Effect, Exit, Layer, Option, Schedule, Schema } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { CircuitBreaker } from "effect/persistence"
import { charged, declined, notYet, type Order, type Placement } from "../OrderService.ts"
import type { Wire } from "../Wire.ts"
import { attempts, form, hasCode, headers, type Open, retryAfterMillis, time } from "./Run.ts"

const Intent = Schema.Struct({ id: Schema.String, status: Schema.String })

export const open: Open = (setting) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(Layer.merge(NodeHttpClient.layerUndici, CircuitBreaker.layerStoreMemory()))
    const breaker = yield* CircuitBreaker.make({
      tripPolicy: CircuitBreaker.consecutive(5),
      openDuration: "2 seconds"
    }).pipe(Effect.provide(services))

    const client = Context.get(services, HttpClient.HttpClient).pipe(
      watched(setting.wire),
      HttpClient.mapRequest(HttpClientRequest.prependUrl(setting.url)),
      HttpClient.filterStatusOk,
      HttpClient.transformResponse(Effect.timeout(time.attempt)),
      HttpClient.retryTransient({
        times: attempts - 1,
        schedule: Schedule.exponential("50 millis").pipe(Schedule.jittered)
      }),
      HttpClient.withCircuitBreaker({ breaker })
    )

    const place = (order: Order): Effect.Effect<Placement> =>
      HttpClientRequest.post("/v1/payment_intents").pipe(
        HttpClientRequest.setHeaders(headers(setting, order)),
        HttpClientRequest.bodyUrlParams(form(order)),
        client.execute,
        Effect.flatMap(HttpClientResponse.schemaBodyJson(Intent)),
        Effect.timeout(time.total),
        Effect.map((intent) => (intent.status === "succeeded" ? charged : declined(`status ${intent.status}`))),
        Effect.catch((error) => Effect.succeed(fromError(error)))
      )

    const state = breaker.state(new URL(setting.url).origin)
    return {
      place,
      breaker: () => {
        const exit = Effect.runSyncExit(state)
        return Exit.isSuccess(exit) ? names[exit.value._tag] : "unknown"
      }
    }
  })

const names = { Closed: "closed", Open: "open", HalfOpen: "half-open" } as const

const fromError = (error: { readonly message: string }): Placement => {
  const response = HttpClientError.isHttpClientError(error) ? error.response : undefined
  const isFinal = response !== undefined && response.status >= 400 && response.status < 500 && response.status !== 429
  return isFinal ? declined(error.message) : notYet(error.message, retryAfterMillis(response?.headers["retry-after"]))
}

const isRefused = (error: HttpClientError.HttpClientError | undefined): boolean =>
  error?.reason._tag === "TransportError" && hasCode(error.reason.cause, "ECONNREFUSED")

/** Reports each request to the wire. It changes nothing. */
const watched = (wire: Wire) =>
  HttpClient.transform(
    (effect: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>, request) =>
      Effect.suspend(() => {
        const sent = wire.send(request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "")
        return effect.pipe(
          Effect.onExit((exit) =>
            Effect.sync(() => {
              if (Exit.isSuccess(exit)) sent.answered(exit.value.status)
              else if (isRefused(Option.getOrUndefined(Cause.findErrorOption(exit.cause)))) sent.notSent()
              else sent.lost()
            })
          )
        )
      })
  )
