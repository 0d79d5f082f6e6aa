/**
 * A second copy of a slow request, sent before the first has answered.
 *
 * Neighbours: `Operation` and `HttpOperation` take one; the value carries what sends the copy, so that only programs that
 * hedge ship it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Hedging from "./engine/Hedging.ts"
import type { RetryMatrix } from "./RetryMatrix.ts"
import * as TimeAlgebra from "./TimeAlgebra.ts"

/**
 * **Details**   At most one copy per attempt. Paid from the retry budget.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hedge {
  readonly after: Duration.Input
  /** Milliseconds until the copy. */
  readonly millis: (operation: string, retry: RetryMatrix, attemptMillis: number) => number
  /** Sends the copy. */
  readonly send: unknown
}

/**
 * Sends a second copy when no answer came by then.
 *
 * **Failures**   `RangeError` where the operation is declared: a wait that is not below the attempt timeout, or rules that
 * allow no second attempt.
 *
 * @category constructors
 * @since 0.1.0
 */
export const after = (wait: Duration.Input): Hedge => ({
  after: wait,
  millis: (operation, retry, attemptMillis) => TimeAlgebra.checkHedge(operation, wait, retry, attemptMillis),
  send: Hedging.send
})
