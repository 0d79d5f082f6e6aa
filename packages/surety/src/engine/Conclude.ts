/**
 * Turns the end of a call into its error, its fallback and its signals. One classification,
 * the failure's own declaration, feeds all three.
 *
 * Neighbours: `Call` decides that the call is over; this file says what that means.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { NotAttempted, OutcomeUnknown, RetriesExhausted, type Stopped } from "../CallError.ts"
import * as Failure from "../Failure.ts"
import type { Plan } from "../Idempotency.ts"
import type * as Refusal from "../Refusal.ts"
import { ContractViolation } from "../TransportFailure.ts"
import type { Call } from "./Call.ts"
import type { Compiled } from "./Environment.ts"
import { quietly } from "./Quietly.ts"
import type { OperationSignals } from "./Signals.ts"

/**
 * @category running
 * @since 0.1.0
 */
export const millisOf = (duration: Duration.Duration): number => Math.max(0, Duration.toMillis(duration))

/**
 * @category running
 * @since 0.1.0
 */
export const notAttempted = (op: Compiled, reason: Refusal.Refusal): NotAttempted =>
  quietly(() => new NotAttempted({ operation: op.fullName, reason }))

/**
 * The error of a call that made at least one attempt.
 *
 * @category running
 * @since 0.1.0
 */
export const error = (call: Call, stopped: Stopped): unknown => {
  const { last, op, unknown } = call
  const now = call.time.now()
  const elapsedMillis = now - call.startedAt
  const retryAt = call.hintUntil > now ? call.time.wall() + call.hintUntil - now : undefined
  const { attempts } = call
  const operation = op.fullName
  if (unknown !== undefined) {
    return quietly(
      () =>
        new OutcomeUnknown({
          operation,
          reason: unknown,
          last: last === unknown ? undefined : last,
          attempts,
          stopped,
          elapsedMillis,
          idempotencyKey: call.key,
          keyValidUntil: call.keyUntil === Infinity ? undefined : Math.round(call.time.wall() + call.keyUntil - now),
          reconcile: reconcileOf(op.plan),
          retryAt
        })
    )
  }
  if (last === undefined || op.rules[last._tag]?._tag !== "Backoff") return last
  return quietly(() => new RetriesExhausted({ operation, reason: last, attempts, stopped, elapsedMillis, retryAt }))
}

/**
 * The fallback of a failed call: a value, an effect that finds one, or nothing.
 *
 * @category running
 * @since 0.1.0
 */
export const fallback = (
  call: Call,
  cause: Cause.Cause<unknown>,
  failure: Failure.Any | undefined
): { readonly value: unknown } | Effect.Effect<unknown, unknown> | undefined => {
  const { op, options } = call
  const { fallback: declared, stale } = op
  if (declared === undefined) return undefined
  // what an earlier process sent under this key may have been applied: another provider would apply it again
  if (op.kind === "mutation" && options?.keyFirstUsedAt !== undefined) return undefined
  const found = cause.reasons.find(Cause.isFailReason)?.error
  if (!isEligible(found, failure)) return undefined
  const because = (found as { readonly _tag: string })._tag
  switch (declared._tag) {
    case "Constant":
      call.degraded = { by: "constant", ageMillis: 0, because }
      return { value: declared.value }
    case "Stale": {
      const kept = stale?.get(call.request, call.time.now())
      if (kept === undefined) return undefined
      call.degraded = { by: "stale", ageMillis: kept.ageMillis, because }
      return { value: kept.value }
    }
    case "Other":
      call.degraded = { by: "other", ageMillis: 0, because }
      return Effect.suspend(() => declared.run(call.request))
  }
}

const isEligible = (found: unknown, failure: Failure.Any | undefined): boolean => {
  if (found instanceof RetriesExhausted) return true
  // a key that is refused may belong to a call that was applied long ago
  if (found instanceof NotAttempted) return found.reason._tag !== "KeyRefused"
  if (found !== failure) return false
  const health = Failure.declarationOf(failure)?.health
  return health === "outage" || health === "throttled"
}

/**
 * Counts what a failed attempt says about the contract.
 *
 * @category running
 * @since 0.1.0
 */
export const count = (signals: OperationSignals, failure: Failure.Any): void => {
  const violation =
    failure instanceof ContractViolation
      ? failure.violation
      : failure._tag === "UndeclaredStatus"
        ? "undeclared_status"
        : undefined
  if (violation === undefined) return
  const counter = signals.violations.get(violation)
  if (counter !== undefined) counter.value++
}

/**
 * @category running
 * @since 0.1.0
 */
export const suppressed = (signals: OperationSignals, because: Stopped): void => {
  const counter = signals.suppressed.get(because)
  if (counter !== undefined) counter.value++
}

/**
 * Records how a call failed.
 *
 * @category running
 * @since 0.1.0
 */
export const signal = (call: Call, cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void => {
  const elapsed = call.time.now() - call.startedAt
  const found = cause.reasons.find(Cause.isFailReason)?.error
  if (found instanceof NotAttempted) {
    return call.op.signals.ended("rejected", found.reason._tag, "local", elapsed)
  }
  if (found instanceof OutcomeUnknown) call.op.signals.unknownOutcomes.value++
  const declaration = Failure.declarationOf(failure)
  call.op.signals.ended("failure", declaration?.tag ?? "_OTHER", declaration?.fault ?? "local", elapsed)
}

const reconcileOf = (plan: Plan | undefined): "same-key" | "repeat" | "lookup" | "by-hand" => {
  switch (plan?._tag) {
    case "Key":
      return "same-key"
    case "Natural":
      return "repeat"
    case "Reconcile":
      return "lookup"
    default:
      return "by-hand"
  }
}
