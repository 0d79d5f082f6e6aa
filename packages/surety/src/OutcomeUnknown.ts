/**
 * The error of a mutation that may or may not have been applied.
 *
 * Neighbours: `CallError` exports it with the others; a file of its own, so that programs that only read do not ship it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as ErrorText from "./ErrorText.ts"
import * as StopReason from "./StopReason.ts"

/**
 * The mutation may or may not have been applied.
 *
 * **Details**   `reason`: the ambiguous failure. `last`: what the last attempt said, when that was
 * another failure. `idempotencyKey`: send the call again with this key, within `keyValidUntil`
 * (epoch milliseconds), to learn the outcome. `reconcile`: what the plan offers.
 *
 * @category failures
 * @since 0.1.0
 */
export class OutcomeUnknown<out E> extends Data.TaggedError("OutcomeUnknown")<{
  readonly operation: string
  readonly reason: unknown
  readonly last: unknown
  readonly attempts: number
  readonly stopped: StopReason.Stopped
  readonly elapsedMillis: number
  readonly idempotencyKey: string | undefined
  readonly keyValidUntil: number | undefined
  readonly reconcile: "same-key" | "repeat" | "lookup" | "by-hand"
  readonly retryAt: number | undefined
}> {
  declare readonly reason: E
  override get message(): string {
    return `${this.operation}: the outcome is unknown after ${ErrorText.count(this.attempts)} in ${Math.round(
      this.elapsedMillis
    )} ms (${StopReason.text(this.stopped)}). ${ErrorText.text(this.reason)}. ${this.advice}${ErrorText.until(this.retryAt)}`
  }
  /** What to do next, in one sentence. */
  get advice(): string {
    switch (this.reconcile) {
      case "same-key":
        return "Send the same call again with the same idempotency key to learn the outcome"
      case "repeat":
        return "The operation is idempotent by itself: send it again"
      case "lookup":
        return "Look the outcome up with the operation that the plan names before sending again"
      case "by-hand":
        return "There is no plan for this operation: find out by hand before sending again"
    }
  }
}
