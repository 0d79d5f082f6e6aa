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
import { NotAttempted, RetriesExhausted, type Stopped } from "../CallError.ts"
import * as Failure from "../Failure.ts"
import type * as Refusal from "../Refusal.ts"
import { ContractViolation } from "../TransportFailure.ts"
import type { Outcome } from "../signals/Endings.ts"
import * as ErrorType from "../signals/ErrorType.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import type { Compiled } from "./Environment.ts"
import * as KeyPlan from "./KeyPlan.ts"
import { quietly } from "./Quietly.ts"
import * as Spans from "./Spans.ts"

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
  const { attempts, last, op, unknown } = call
  const now = call.time.now()
  const elapsedMillis = now - call.startedAt
  const retryAt = call.hintUntil > now ? call.time.wall() + call.hintUntil - now : undefined
  const common = { operation: op.fullName, attempts, stopped, elapsedMillis, retryAt }
  if (unknown !== undefined && op.mutating !== undefined) return op.mutating.error(call, unknown, common, now)
  if (last === undefined || op.rules[last._tag]?._tag !== "Backoff") return last
  return quietly(() => new RetriesExhausted({ ...common, reason: last }))
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
      op.signals.cached(kept === undefined ? "miss" : "stale")
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
 * An attempt ended: with an answer, a failure, a defect, or because nobody waits for it any more.
 *
 * @category running
 * @since 0.1.0
 */
export const attempt = (attempt: Attempt, now: number, failure?: Failure.Any, cause?: Cause.Cause<unknown>): void => {
  const { exchange } = attempt.call.op.signals
  const type = failure === undefined ? undefined : ErrorType.ofFailure(failure)
  if (exchange !== undefined) {
    exchange.active--
    // what was cancelled has no end that could be measured
    if (cause === undefined || !Cause.hasInterruptsOnly(cause)) {
      exchange.ended(attempt.status, cause === undefined ? type : ErrorType.other, now - attempt.startedAt)
    }
  }
  Spans.endAttempt(attempt, now, type, failure, cause)
}

/**
 * Counts what a failed attempt says about the contract, and about the key.
 *
 * @category running
 * @since 0.1.0
 */
export const count = (call: Call, failure: Failure.Any): void => {
  const { environment, name, signals } = call.op
  const { events } = environment.guards
  const now = call.time.now()
  const about = Failure.declarationOf(failure)?.idempotency
  if (signals.keys !== undefined && about !== undefined && about !== "unspecified") signals.keys[about].value++
  if (about === "conflict") {
    const attributes = () => ({ "error.type": failure._tag, ...KeyPlan.hashed(call) })
    events.say({ name: SignalName.events.idempotencyConflict, level: "error", operation: name, attributes }, now)
  }
  const violation =
    failure instanceof ContractViolation
      ? failure.violation
      : failure._tag === "UndeclaredStatus"
        ? "undeclared_5xx"
        : undefined
  if (violation === undefined) return
  signals.series.violations[violation].value++
  const attributes = () => {
    const { path, status } = failure as { readonly path?: string; readonly status?: number }
    return { violation, path: path ?? "", ...(status === undefined ? undefined : { status }) }
  }
  events.say(
    { name: SignalName.events.contractViolation, level: "warning", operation: name, once: violation, attributes },
    now
  )
}

/**
 * Somebody refused a call for its rate.
 *
 * @category running
 * @since 0.1.0
 */
export const limited = (call: Call, source: "local" | "provider", bucket: string | undefined, now: number): void => {
  const { events, series } = call.op.environment.guards
  series.rateRejections[source].value++
  const attributes = () => ({ source, ...(bucket === undefined ? undefined : { [SignalName.limitName]: bucket }) })
  const { name } = call.op
  events.say({ name: SignalName.events.rateLimited, level: "warning", operation: name, once: source, attributes }, now)
}

/**
 * @category running
 * @since 0.1.0
 */
export const suppressed = (call: Call, because: Stopped): void => {
  const { environment, name, signals } = call.op
  signals.series.suppressed[because].value++
  // a rule that says never suppresses nothing
  if (because === "rule") return
  const attributes = () => ({ reason: because, attempts: call.attempts })
  environment.guards.events.say(
    { name: SignalName.events.retrySuppressed, level: "warning", operation: name, once: because, attributes },
    call.time.now()
  )
}

/**
 * A call ended otherwise than well.
 *
 * @category running
 * @since 0.1.0
 */
export const ended = (
  call: Call,
  outcome: Outcome,
  type: string | undefined,
  fault: ErrorType.Fault | undefined
): void => {
  call.ending = { outcome, type, fault }
  call.op.signals.ended(outcome, type, fault, call.time.now() - call.startedAt)
}

/**
 * Records how a call failed.
 *
 * @category running
 * @since 0.1.0
 */
export const signal = (call: Call, cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void => {
  const found = cause.reasons.find(Cause.isFailReason)?.error
  if (found instanceof NotAttempted) {
    const { fault, type } = ErrorType.ofRefusal(found.reason)
    return ended(call, "rejected", type, fault)
  }
  const declaration = Failure.declarationOf(failure)
  call.op.mutating?.ended(call, found, failure)
  const type = failure === undefined ? ErrorType.other : ErrorType.ofFailure(failure)
  ended(call, "failure", type, declaration?.fault ?? "local")
}
