/** Entry: one operation with Effect's own parts: client over fetch, Schema, limiter, breaker, retry. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

const Charge = Schema.Struct({ id: Schema.String, amount: Schema.Int })

export const charge = Effect.gen(function* () {
  const client = (yield* HttpClient.HttpClient).pipe(
    HttpClient.filterStatusOk,
    HttpClient.withRateLimiter({
      limiter: yield* RateLimiter.RateLimiter,
      key: "charges",
      limit: 100,
      window: "1 second",
      times: 2
    }),
    HttpClient.retryTransient({ times: 2, schedule: Schedule.exponential("50 millis").pipe(Schedule.jittered) }),
    HttpClient.withCircuitBreaker({ breaker: yield* CircuitBreaker.CircuitBreaker })
  )
  const response = yield* client.get("https://api.payments.example/v1/charges/ch_1")
  return yield* HttpClientResponse.schemaBodyJson(Charge)(response)
}).pipe(
  Effect.timeout("8 seconds"),
  Effect.provide(
    Layer.mergeAll(
      FetchHttpClient.layer,
      RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory)),
      CircuitBreaker.layer({ tripPolicy: CircuitBreaker.consecutive(5), openDuration: "5 seconds" }).pipe(
        Layer.provide(CircuitBreaker.layerStoreMemory())
      )
    )
  )
)
