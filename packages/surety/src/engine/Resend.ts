/**
 * What follows a failed attempt: a wait and another attempt, or the end.
 *
 * Neighbours: `RetryDecision` decides, `Admission` is the way to the next attempt, `Call` ends; `Lookup` comes in between
 * where the plan of a mutation has one.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "../Backoff.ts"
import type { Stopped } from "../CallError.ts"
import * as Failure from "../Failure.ts"
import * as RetryDecision from "../RetryDecision.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Call } from "./Call.ts"
import * as Conclude from "./Conclude.ts"
import * as Limiter from "./Limiter.ts"
import * as Spans from "./Spans.ts"

/**
 * Decides after a failed attempt, and waits for the next or stops.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (call: Call, failure: Failure.Any, health: Failure.Health, now: number): void => {
  const { guards } = call.op.environment
  const decision = RetryDecision.decide({
    rule: call.op.rules[failure._tag] ?? Backoff.never,
    attempts: call.attempts - call.replays,
    random: call.random(),
    previousMillis: call.previousMillis,
    hintMillis: Math.max(0, call.hintUntil - now),
    remainingMillis: call.deadline - now,
    keyMillis: call.keyUntil - now
  })
  if (decision._tag === "Stop") return stop(call, decision.because)
  const afterMillis = Math.max(decision.afterMillis, call.op.mutating?.settleMillis(call) ?? 0)
  if (now + afterMillis >= call.deadline) return stop(call, "deadline")
  const cost = guards.budget.costOf(health)
  if (!guards.budget.take(cost, now)) return stop(call, "retry-budget")
  call.paid = cost
  call.owed = cost
  call.previousMillis = decision.afterMillis
  guards.series.retryDelay.record(afterMillis)
  Spans.event(call, "retry scheduled", { "retry.delay_ms": afterMillis })
  call.phase = "backoff"
  call.time.arm(call, now + afterMillis)
}

/**
 * Makes no further attempt; looks a lost mutation up first.
 *
 * @category running
 * @since 0.1.0
 */
export const stop = (call: Call, because: Stopped): void => {
  Conclude.suppressed(call, because)
  if (call.op.mutating?.looksAfter(call, because) !== "yes") call.conclude(because)
}

/**
 * The wait of a call is over: it goes on, or gives up what it waited for.
 *
 * @category running
 * @since 0.1.0
 */
export const wake = (call: Call): void => {
  switch (call.phase) {
    case "backoff":
      if (call.op.mutating?.looksBefore(call) === "yes") return
      return Admission.next(call, call.time.now())
    case "settle":
    case "lookup":
      return call.op.mutating?.wake(call)
    case "limiter": {
      // the provider may have asked everybody to wait in the meantime
      const now = call.time.now()
      const longer = Limiter.pausedSince(call.op.shares, call.pauses)
      return longer <= 0 ? Admission.permit(call, now) : Admission.waitForTokens(call, longer, now)
    }
    case "queue":
      call.op.environment.guards.bulkhead.leave(call)
      call.giveBack()
      return call.late("bulkhead")
    case "attempt":
      return call.op.hedge?.(call)
    case "credential":
      Aside.stop(call)
      return call.late("credential")
    case "store":
      return call.op.environment.asking?.silent(call)
    case "fallback":
    case "idle":
    case "done":
      return
  }
}

/**
 * Does this answer stand, whatever the other copy of a hedged call will say?
 *
 * @category guards
 * @since 0.1.0
 */
export const isFinal = (call: Call, failure: Failure.Any): boolean =>
  failure[Failure.TypeId] === "never" &&
  (call.op.kind === "read" ||
    // the copy in flight has the same key: only what speaks of the key, and not of this one request, speaks of both
    (call.op.plan?._tag === "Key" && Failure.declarationOf(failure)?.outcome === "not-applied"))
