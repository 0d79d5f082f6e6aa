/**
 * What follows a failed attempt: a wait and another attempt, or the end, with a lookup of a
 * lost mutation in between where the plan has one.
 *
 * Neighbours: `RetryDecision` decides, `Admission` is the way to the next attempt, `Call` ends.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import * as Backoff from "../Backoff.ts"
import type { Stopped } from "../CallError.ts"
import * as Failure from "../Failure.ts"
import * as RetryDecision from "../RetryDecision.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Call } from "./Call.ts"
import * as Conclude from "./Conclude.ts"
import type { Compiled } from "./Environment.ts"
import * as KeyPlan from "./KeyPlan.ts"
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
  const afterMillis = Math.max(
    decision.afterMillis,
    call.unknown === undefined ? 0 : KeyPlan.settleMillis(call.op.plan)
  )
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
  if (call.unknown === undefined || call.op.lookup === undefined || call.time.now() >= call.deadline) {
    return call.conclude(because)
  }
  call.stopping = because
  // the write may still be on its way to where the lookup reads; without time for that, it looks at once
  const settledAt = call.lostAt + KeyPlan.settleMillis(call.op.plan)
  if (settledAt <= call.time.now() || settledAt >= call.deadline) return lookup(call, call.op.lookup, because)
  call.phase = "settle"
  call.time.arm(call, settledAt)
}

/**
 * Asks whether a lost mutation was applied; succeeds the call when it was. `because`: no resend after it.
 *
 * @category running
 * @since 0.1.0
 */
export const lookup = (call: Call, ask: NonNullable<Compiled["lookup"]>, because: Stopped | undefined): void => {
  Aside.run(call, "lookup", ask(call.request, call.key ?? "", KeyPlan.reachMillis(call)), (exit) => {
    if (Exit.isFailure(exit)) return holdBack(call, because, "lookup")
    if (exit.value !== undefined) {
      call.reconciled = "yes"
      call.op.signals.series.reconciled.value++
      call.unknown = undefined
      return call.succeed(exit.value, call.time.now())
    }
    if (because !== undefined || KeyPlan.absentMeans(call.op.plan) === "unknown") {
      return holdBack(call, because, "absent")
    }
    call.unknown = undefined
    Admission.next(call, call.time.now())
  })
}

/** Ends a call after its lookup. `before`: why it had stopped already, which was counted then. */
const holdBack = (call: Call, before: Stopped | undefined, because: Stopped): void => {
  if (before === undefined) Conclude.suppressed(call, because)
  call.conclude(before ?? because)
}

/**
 * Begins a call whose key an earlier process may already have sent: looks before it sends.
 *
 * @category running
 * @since 0.1.0
 */
export const recover = (call: Call, ask: NonNullable<Compiled["lookup"]>): void => {
  const askedAt = call.time.now()
  Aside.run(call, "lookup", ask(call.request, call.key ?? "", KeyPlan.reachMillis(call)), (exit) => {
    if (Exit.isFailure(exit)) return call.refuse(KeyPlan.unproven("the lookup failed"), "lookup")
    if (exit.value !== undefined) {
      call.reconciled = "yes"
      call.op.signals.series.reconciled.value++
      return call.succeed(exit.value, call.time.now())
    }
    if (KeyPlan.absentMeans(call.op.plan) === "unknown") {
      return call.refuse(KeyPlan.unproven("the lookup found nothing, which proves nothing under this plan"), "absent")
    }
    // what the other process sent last may still be on its way to where the lookup reads
    const settledAt = call.startedAt + KeyPlan.settleMillis(call.op.plan)
    if (askedAt >= settledAt) return Admission.next(call, call.time.now())
    if (settledAt >= call.deadline) return call.refuse(KeyPlan.unproven("nothing was found yet"), "deadline")
    call.phase = "settle"
    call.time.arm(call, settledAt)
  })
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
      return call.unknown !== undefined && call.op.lookup !== undefined
        ? lookup(call, call.op.lookup, undefined)
        : Admission.next(call, call.time.now())
    case "settle":
      if (call.op.lookup === undefined) return call.conclude(call.stopping)
      return call.last === undefined ? recover(call, call.op.lookup) : lookup(call, call.op.lookup, call.stopping)
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
      return Admission.hedge(call)
    case "credential":
      Aside.stop(call)
      return call.late("credential")
    case "store":
      return call.op.environment.asking?.silent(call)
    case "lookup":
      Aside.stop(call)
      return call.last === undefined ? call.late("lookup") : call.conclude("deadline")
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
