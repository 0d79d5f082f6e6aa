/**
 * The second copy of an attempt that has not been answered yet.
 *
 * Neighbours: `Hedge.after` carries it to the engine; `Resend` calls it when the wait is over; `Call` drops the copy that
 * is no longer needed.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Admission from "./Admission.ts"
import type { Call } from "./Call.ts"
import * as Limiter from "./Limiter.ts"
import * as SecretCheck from "./SecretCheck.ts"

/**
 * Sends a second copy, when every guard has room for it at once.
 *
 * @category running
 * @since 0.1.0
 */
export const send = (call: Call): void => {
  const { guards, limiterStore } = call.op.environment
  const { breaker, budget, bulkhead } = guards
  const now = call.time.now()
  // a shared limiter cannot answer at once
  if (call.attempts - call.replays >= call.op.maxAttempts || now >= call.keyUntil || limiterStore !== undefined) return
  if (breaker.state !== "closed" || breaker.ramping(now) || !bulkhead.tryAcquire()) return
  if (Limiter.reserve(call.op.shares, call.costs, now) > 0 || !budget.take(budget.costOf("outage"), now)) {
    Limiter.refund(call.op.shares, call.costs)
    return bulkhead.release()
  }
  // closed and not ramping: never refused
  const permit = breaker.admit(now, 0)
  call.attempts++
  call.op.signals.attempts.hedge.value++
  SecretCheck.used(call)
  const attempt = call.op.attempt(call, call.attempts)
  call.hedge = attempt
  Admission.run(call, attempt, permit, now)
}
