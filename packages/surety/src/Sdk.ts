/**
 * Binds a client that returns promises, so that its calls run under a contract like any
 * other. The client makes one request per call; its own retries must be off.
 *
 * `Effect.tryPromise` almost does this; it cannot say that work goes on after an abort, so a
 * permit would be given back while the call still runs.
 *
 * Neighbours: `Operation` takes the result as its `attempt`; `engine/EffectAttempt` runs it.
 * Nothing of the client's error is kept but what `classify` makes of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Failure from "./Failure.ts"
import type { AttemptContext } from "./Operation.ts"

/**
 * What a client is told about an attempt.
 *
 * **Details**   `signal` is aborted when the attempt is given up; never for `detached` work.
 *
 * @category models
 * @since 0.1.0
 */
export interface SdkContext extends AttemptContext {
  readonly signal: AbortSignal
}

/**
 * An attempt that knows whether its work can be stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface SdkAttempt<in Req, out A, out E> {
  (request: Req, context: AttemptContext): Effect.Effect<A, E>
  readonly cancellation: "abortable" | "detached"
}

/**
 * Makes the attempt of an operation from a function that returns a promise.
 *
 * **When to use**   For a vendor's client or any other library that does not speak Effect.
 *
 * **Details**   `call` is called once per attempt; what it throws or rejects with goes to `classify`,
 * which names the failure. `cancellation`: `abortable` when the client stops at
 * `signal`; `detached` when it does not: the permit is then kept until the promise settles,
 * and what it says after the attempt was given up is ignored.
 *
 * **Failures**   Those that `classify` returns. A `classify` that throws is a defect.
 *
 * **Gotchas**   A client that retries by itself multiplies attempts: switch its retries off
 * (`maxRetries: 0`).
 *
 * **Example** (A client that can be aborted)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import { Operation, RetryMatrix, Sdk, TransportFailure } from "surety"
 *
 * const client = { lookUp: async (id: string, _: { signal: AbortSignal }) => ({ id, total: 7 }) }
 * const lookUp = Sdk.promise({
 *   call: (id: string, { signal }) => client.lookUp(id, { signal }),
 *   classify: () => new TransportFailure.ConnectionLost({ code: "reset" }),
 *   cancellation: "abortable"
 * })
 * const operation = Operation.read("lookUp", {
 *   timeout: { attempt: "1 second", total: "2 seconds" },
 *   failures: [],
 *   retry: RetryMatrix.transportNever,
 *   attempt: lookUp
 * })
 * operation.name // => "lookUp"
 * lookUp.cancellation // => "abortable"
 * await Effect.runPromise(lookUp("order-1", { attempt: 1, idempotencyKey: undefined })) // => { id: "order-1", total: 7 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const promise = <Req, A, E extends Failure.Any>(options: {
  readonly call: (request: Req, context: SdkContext) => Promise<A>
  readonly classify: (error: unknown) => E
  readonly cancellation: "abortable" | "detached"
}): SdkAttempt<Req, A, E> => {
  const { call, cancellation, classify } = options
  const attempt = (request: Req, { attempt, idempotencyKey }: AttemptContext): Effect.Effect<A, E> =>
    Effect.tryPromise({
      try: (signal) =>
        call(request, { attempt, idempotencyKey, signal: cancellation === "abortable" ? signal : neverAborted() }),
      catch: classify
    })
  return Object.assign(attempt, { cancellation })
}

const neverAborted = (): AbortSignal => new AbortController().signal
