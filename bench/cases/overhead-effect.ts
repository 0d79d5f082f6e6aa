/** Effect's own parts, composed by hand as their documentation does: one pipeline per call, around its input. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Metric from "effect/Metric"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import { loop } from "./Loop.ts"
import { operation, type Overhead } from "./Overhead.ts"

export const openWith = async (tracer: Layer.Layer<never>): Promise<Overhead> => {
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(
      tracer,
      CircuitBreaker.layer({ tripPolicy: CircuitBreaker.consecutive(5), openDuration: "5 seconds" }).pipe(
        Layer.provide(CircuitBreaker.layerStoreMemory())
      ),
      RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory))
    )
  )
  const breaker = await runtime.runPromise(CircuitBreaker.CircuitBreaker)
  const limiter = await runtime.runPromise(RateLimiter.RateLimiter)
  const bulkhead = Semaphore.makeUnsafe(2_000)
  const done = Metric.counter("probe_calls")

  const call = (input: number) =>
    Effect.promise(() => operation(input)).pipe(
      Effect.timeout("2 seconds"),
      breaker.execute({ key: "probe" }),
      bulkhead.withPermit,
      (attempt) =>
        Effect.andThen(
          limiter.consume({
            algorithm: "token-bucket",
            onExceeded: "delay",
            window: "1 second",
            limit: 1e9,
            key: "probe"
          }),
          attempt
        ),
      Effect.retry({ times: 2, schedule: Schedule.exponential("50 millis").pipe(Schedule.jittered) }),
      Effect.tap(() => Metric.update(done, 1)),
      Effect.withSpan("probe.call")
    )
  return { run: (calls, concurrency) => runtime.runPromise(loop(call, calls, concurrency)) }
}

export const open = () => openWith(Layer.empty)
