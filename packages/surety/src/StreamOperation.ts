/**
 * An operation whose result is a stream, over any function that opens one.
 *
 * It stands apart from `Operation` so that only programs with streams carry their weight.
 *
 * Neighbours: `HttpOperation.stream` does the same over an endpoint; `engine/StreamAttempt`
 * runs both.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Stream from "effect/Stream"
import type { CallError } from "./CallError.ts"
import { StreamBinder } from "./engine/StreamAttempt.ts"
import type * as Law from "./Law.ts"
import * as Operation from "./Operation.ts"
import type * as RetryMatrix from "./RetryMatrix.ts"
import * as TimeAlgebra from "./TimeAlgebra.ts"
import type { TransportFailure } from "./TransportFailure.ts"

type ErrorsOf<F extends ReadonlyArray<Law.OP_002_EveryErrorIsDefinedWithFailureTagged>> = F[number]["Type"]

/**
 * Declares a read whose result is a stream. It is sent again only before its first element.
 *
 * **Details**   The attempt timeout covers the time to the first element; after that, `idle` bounds
 * the wait between two elements. The permit is kept until the stream ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = <
  const Name extends string,
  Req,
  A,
  const F extends ReadonlyArray<Law.OP_002_EveryErrorIsDefinedWithFailureTagged>,
  const M,
  AE = never,
  R = never
>(
  name: Name,
  options: Law.OP_001_EveryOperationDeclaresATimeBudget &
    RetryMatrix.RefuseAny<NoInfer<M>, undefined> &
    Operation.Common<Req> &
    Law.CheckAttempt<NoInfer<AE>, ErrorsOf<F>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "read", undefined>
      readonly idempotency?: Law.NoPlan
      readonly idle: Duration.Input
      readonly attempt: (request: Req, context: Operation.AttemptContext) => Stream.Stream<A, AE, R>
    }
): Operation.Operation<
  Name,
  "read",
  Req,
  Stream.Stream<A, ErrorsOf<F> | TransportFailure>,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "read">,
  undefined,
  never,
  R
> =>
  Operation.make(name, "read", options, {
    _tag: "Stream",
    attempt: options.attempt,
    bind: StreamBinder,
    idleMillis: TimeAlgebra.millis(name, "idle", options.idle)
  })
