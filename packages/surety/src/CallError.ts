/**
 * What a call can fail with. Business failures that were not retried keep their tag;
 * the rest is wrapped, so that a reader of the type sees what was retried and what may
 * have happened.
 *
 * The wrappers follow Effect's reason idiom: `Effect.catchReason("RetriesExhausted",
 * "RateLimited", …)` and `Effect.unwrapReason("OutcomeUnknown")` work on them.
 *
 * Neighbours: `CallErrorCodec` has a codec for each, so that it can cross a queue, a workflow or an RPC boundary.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Backoff from "./Backoff.ts"
import * as ErrorText from "./ErrorText.ts"
import type * as Failure from "./Failure.ts"
import type { OutcomeUnknown } from "./OutcomeUnknown.ts"
import type * as Refusal from "./Refusal.ts"
import type { Kind } from "./RetryMatrix.ts"
import * as StopReason from "./StopReason.ts"

export { OutcomeUnknown } from "./OutcomeUnknown.ts"
export { reasonsToStop, type Stopped } from "./StopReason.ts"

/**
 * Every attempt failed, and the operation was certainly not applied (or is a read).
 *
 * **Details**   `retryAt`: epoch milliseconds before which the provider does not want to be asked
 * again, when it named a time.
 *
 * @category failures
 * @since 0.1.0
 */
export class RetriesExhausted<out E> extends Data.TaggedError("RetriesExhausted")<{
  readonly operation: string
  readonly reason: unknown
  readonly attempts: number
  readonly stopped: StopReason.Stopped
  readonly elapsedMillis: number
  readonly retryAt: number | undefined
}> {
  declare readonly reason: E
  override get message(): string {
    return `${this.operation}: gave up after ${ErrorText.count(this.attempts)} in ${Math.round(this.elapsedMillis)} ms (${StopReason.text(
      this.stopped
    )}); not applied. Last failure: ${ErrorText.text(this.reason)}${ErrorText.until(this.retryAt)}`
  }
}

/**
 * Refused on our side: nothing was sent; or turned away by the provider because of our credential
 * (`CredentialRejected`). The provider has not acted.
 *
 * @category failures
 * @since 0.1.0
 */
export class NotAttempted extends Data.TaggedError("NotAttempted")<{
  readonly operation: string
  readonly reason: Refusal.Refusal
}> {
  override get message(): string {
    const what = this.reason._tag === "CredentialRejected" ? "turned away" : "nothing was sent"
    return `${this.operation}: ${what}. ${this.reason.message}`
  }
}

type RetriedTag<M> = { readonly [T in keyof M]: M[T] extends Backoff.Backoff ? T : never }[keyof M]
type Retried<E extends Failure.Any, M> = Extract<E, { readonly _tag: RetriedTag<M> }>
type Ambiguous<E> = Extract<E, Failure.Disposed<"idempotent-only">>
type Exhausted<E> = [E] extends [never] ? never : RetriesExhausted<E>
type Unknown<E> = [E] extends [never] ? never : OutcomeUnknown<E>

/**
 * The error channel of a call.
 *
 * @category models
 * @since 0.1.0
 */
export type CallError<E extends Failure.Any, M, K extends Kind> = K extends "mutation"
  ? | Exclude<E, Ambiguous<E> | Retried<E, M>>
    | Exhausted<Exclude<Retried<E, M>, Ambiguous<E>>>
    | Unknown<Ambiguous<E>>
    | NotAttempted
  : Exclude<E, Retried<E, M>> | Exhausted<Retried<E, M>> | NotAttempted
