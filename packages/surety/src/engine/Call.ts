/**
 * One logical call: the loop through credential, limiter, bulkhead and breaker to an
 * attempt, and back again after a wait, until it succeeds or must stop.
 *
 * It is a small state machine on plain callbacks: no fiber, no schedule and no closure per
 * step. Everything that waits is paid from the total deadline, and a wait that cannot be
 * paid for is refused at once.
 *
 * Neighbours: `Admission` leads to an attempt, `Attempt` does the work, `Resend` follows a
 * failure, `Conclude` builds the error. Its members are for the engine only.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import type * as Tracer from "effect/Tracer"
import type { Stopped } from "../CallError.ts"
import type { Degraded } from "../CallMetadata.ts"
import * as Failure from "../Failure.ts"
import type { CallOptions } from "../Operation.ts"
import * as Refusal from "../Refusal.ts"
import type { Ending } from "../signals/Endings.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Attempt } from "./Attempt.ts"
import type { Waiter } from "./Bulkhead.ts"
import * as Conclude from "./Conclude.ts"
import type { Compiled } from "./Environment.ts"
import * as Limiter from "./Limiter.ts"
import { quietly } from "./Quietly.ts"
import * as Rejection from "./Rejection.ts"
import * as Resend from "./Resend.ts"
import * as Spans from "./Spans.ts"
import { fromClock, type Time, Timer } from "./Time.ts"

/**
 * What a call is waiting for.
 *
 * @category models
 * @since 0.1.0
 */
export type Phase =
  | "idle"
  | "credential"
  | "store"
  | "limiter"
  | "queue"
  | "attempt"
  | "backoff"
  | "settle"
  | "lookup"
  | "fallback"
  | "done"

/** How a call gives its result. */
type Finish = (call: Call, value: unknown) => Exit.Exit<unknown>

/**
 * @category models
 * @since 0.1.0
 */
export class Call extends Timer implements Waiter {
  readonly op: Compiled
  readonly fiber: Fiber.Fiber<unknown, unknown>
  readonly options: CallOptions | undefined
  readonly time: Time
  readonly startedAt: number
  readonly deadline: number
  request: unknown
  prepared: unknown = undefined
  key: string | undefined = undefined
  /** Monotonic time at which the provider forgets the key. */
  keyUntil = Infinity
  attempts = 0
  reconciled: "yes" | "no" = "no"
  degraded: Degraded | undefined = undefined
  /** How it ended, unless it went well. */
  ending: Ending | undefined = undefined
  secret: Redacted.Redacted<string> | undefined = undefined
  /** What the provider refused, once it has. */
  refused: Redacted.Redacted<string> | undefined = undefined
  /** Monotonic time at which the source said that the secret is good. */
  secretAt = Infinity
  /** What was made anew after the provider refused the credential: the proof, the secret, or one after the other. */
  renewal: "no" | "proof" | "secret" | "both" = "no"
  /** Requests that were sent again because of that; no retry matrix counts them. */
  replays = 0
  replaying: "yes" | "no" = "no"
  span: Tracer.Span | undefined = undefined
  /** The ambiguous failure that nothing has settled since. */
  unknown: Failure.Any | undefined = undefined
  last: Failure.Any | undefined = undefined
  /** What the call takes from each share, when that depends on the request. */
  costs: ReadonlyArray<number> | undefined = undefined
  /** Monotonic time before which the provider does not want to be asked again. */
  hintUntil = -Infinity
  /** The attempt whose answer the result came from. */
  answered: Attempt | undefined = undefined
  queueNext: Waiter | undefined = undefined
  queuePrevious: Waiter | undefined = undefined
  queued = false
  phase: Phase = "idle"
  first: Attempt | undefined = undefined
  hedge: Attempt | undefined = undefined
  side: Fiber.Fiber<unknown, unknown> | undefined = undefined
  previousMillis = 0
  paid = 0
  /** Paid from the retry budget for a retry that has not begun. */
  owed = 0
  lostAt = 0
  stopping: Stopped = "attempts"
  pauses: ReadonlyArray<number> | undefined = undefined
  reserved: "yes" | "no" = "no"
  /** A permit that no attempt has yet. */
  holdsPermit: "yes" | "no" = "no"
  private readonly resume: (exit: Exit.Exit<unknown, unknown>) => void
  private readonly finish: Finish

  constructor(
    op: Compiled,
    request: unknown,
    options: CallOptions | undefined,
    fiber: Fiber.Fiber<unknown, unknown>,
    resume: (exit: Exit.Exit<unknown, unknown>) => void,
    finish: Finish
  ) {
    super()
    this.op = op
    this.request = request
    this.options = options
    this.fiber = fiber
    this.resume = resume
    this.finish = finish
    this.time = fromClock(fiber.getRef(Clock.Clock))
    this.startedAt = this.time.now()
    this.deadline = this.startedAt + op.totalMillis
  }

  get isDone(): boolean {
    return this.phase === "done"
  }

  random(): number {
    return this.fiber.getRef(Random.Random).nextDoubleUnsafe()
  }

  begin(): void {
    const { op } = this
    this.span = Spans.operation(this)
    const { budget, events } = op.environment.guards
    events.context = this.fiber.context
    budget.begin(this.startedAt)
    let refusal: Refusal.KeyRefused | undefined
    try {
      refusal = op.mutating?.assign(this)
      if (refusal === undefined) {
        this.costs = Limiter.weigh(op.shares, this.request)
        if (op.prepare !== undefined) this.prepared = op.prepare(this.request)
      }
    } catch (cause) {
      if (!Failure.isFailure(cause)) return this.end(Cause.die(cause), undefined)
      Conclude.count(this, cause)
      return this.end(Cause.fail(cause), cause)
    }
    if (refusal !== undefined) return this.refuse(refusal, "key-expired")
    if (op.mutating?.looksFirst(this) === "yes") return
    Admission.next(this, this.startedAt)
  }

  /** Interrupts the call; the effect ends when the work that can be stopped has stopped. */
  interrupt(): Effect.Effect<void> {
    if (this.phase === "done") return Effect.void
    this.leavePhase()
    this.phase = "done"
    const pending = [this.side, this.first?.pending(), this.hedge?.pending()].filter((fiber) => fiber !== undefined)
    this.side?.interruptUnsafe(this.fiber.id)
    this.first?.cancel()
    this.hedge?.cancel()
    Conclude.ended(this, "cancelled", undefined, "cancelled")
    Spans.end(this, Exit.interrupt(this.fiber.id))
    return pending.length === 0 ? Effect.void : Fiber.awaitAll(pending).pipe(Effect.asVoid)
  }

  onPermit(): void {
    this.time.disarm(this)
    Admission.launch(this, this.time.now())
  }

  // --- what an attempt says ----------------------------------------------------------

  onSuccess(attempt: Attempt, value: unknown): void {
    const { guards } = this.op.environment
    const now = this.time.now()
    attempt.released()
    guards.breaker.record(attempt.permit, "answered", now, 0)
    Conclude.attempt(attempt, now)
    this.answered = attempt
    this.drop(attempt)
    guards.budget.succeed(this.paid)
    this.succeed(value, now)
  }

  onFailure(attempt: Attempt, failure: Failure.Any): void {
    if (Rejection.takes(this, attempt, failure)) return
    const now = this.time.now()
    const { guards } = this.op.environment
    const health = Failure.declarationOf(failure)?.health ?? "outage"
    const before = guards.breaker.state
    guards.breaker.record(attempt.permit, health, now, this.random())
    if (before !== guards.breaker.state) this.op.environment.asking?.publish(this, now)
    Conclude.attempt(attempt, now, failure)
    this.judge(attempt, failure, health, now)
  }

  /** Goes on after a failed attempt that the breaker knows of. */
  judge(attempt: Attempt, failure: Failure.Any, health: Failure.Health, now: number): void {
    this.answered = attempt
    const hint = Failure.retryAfterOf(failure)
    const hintMillis = hint === undefined ? 0 : Conclude.millisOf(hint)
    // a floor stands, whatever another copy says afterwards
    if (hintMillis > 0) this.hintUntil = Math.max(this.hintUntil, now + hintMillis)
    if (health === "throttled") {
      Limiter.pause(this.op, failure, hintMillis, now)
      Conclude.limited(this, "provider", undefined, now)
    }
    Conclude.count(this, failure)
    this.op.mutating?.judge(this, failure, now)
    this.last = failure
    if (this.first === attempt) this.first = this.hedge
    this.hedge = undefined
    if (this.phase === "done") return
    if (this.first !== undefined) {
      if (!Resend.isFinal(this, failure)) return
      const other = this.first
      this.first = undefined
      other.cancel()
    }
    if (this.phase === "attempt") this.time.disarm(this)
    Resend.decide(this, failure, health, now)
  }

  onDefect(attempt: Attempt, cause: Cause.Cause<unknown>): void {
    this.onCancelled(attempt, cause)
    this.drop(attempt)
    this.end(cause, undefined)
  }

  onCancelled(attempt: Attempt, cause: Cause.Cause<unknown> = Cause.interrupt(this.fiber.id)): void {
    const now = this.time.now()
    this.op.environment.guards.breaker.record(attempt.permit, "ignored", now, 0)
    Conclude.attempt(attempt, now, undefined, cause)
  }

  /** The attempt could not begin: its request was never made. */
  onRefused(attempt: Attempt, refusal: Refusal.Refusal): void {
    this.onCancelled(attempt)
    this.drop(attempt)
    this.refuse(refusal, "credential")
  }

  /** The other copy is not needed any more. */
  drop(attempt: Attempt): void {
    const other = this.first === attempt ? this.hedge : this.first
    this.first = undefined
    this.hedge = undefined
    other?.cancel()
  }

  /** The wait is over. */
  fire(): void {
    this.safely(() => Resend.wake(this))
  }

  /** What throws in a turn of its own would end the process, and not the call. */
  safely(step: () => void): void {
    try {
      step()
    } catch (defect) {
      if (this.phase === "done") return
      Aside.stop(this)
      this.first?.cancel()
      this.hedge?.cancel()
      this.fail(Cause.die(defect), undefined)
    }
  }

  // --- results -----------------------------------------------------------------------

  succeed(value: unknown, now: number): void {
    this.op.stale?.put(this.request, value, now)
    this.op.signals.succeeded(now - this.startedAt)
    this.op.mutating?.settled(this)
    this.give(this.finish(this, value), now)
  }

  late(waitedFor: "bulkhead" | "rate-limit" | "credential" | "lookup"): void {
    const totalMillis = this.op.totalMillis
    this.refuse(
      quietly(() => new Refusal.BudgetExhausted({ totalMillis, waitedFor })),
      "deadline"
    )
  }

  refuse(refusal: Refusal.Refusal, stopped: Stopped): void {
    if (this.last !== undefined) return Resend.stop(this, stopped)
    const error = Conclude.notAttempted(this.op, refusal)
    this.end(Cause.fail(error), undefined)
  }

  conclude(stopped: Stopped): void {
    const error = Conclude.error(this, stopped)
    this.end(Cause.fail(error), this.last)
  }

  /** The call failed: serves the fallback, or the error. */
  end(cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void {
    this.leavePhase()
    const served = Conclude.fallback(this, cause, failure)
    if (served === undefined) return this.fail(cause, failure)
    if (!Effect.isEffect(served)) return this.degrade(served.value)
    Aside.run(this, "fallback", served, (other) => {
      if (Exit.isSuccess(other)) return this.degrade(other.value)
      this.degraded = undefined
      this.fail(cause, failure)
    })
  }

  degrade(value: unknown): void {
    const { fallbacks } = this.op.signals.series
    if (fallbacks !== undefined) fallbacks.value++
    Conclude.ended(this, "degraded", undefined, undefined)
    Spans.event(this, `${this.degraded?.by ?? "other"} served`)
    this.give(this.finish(this, value))
  }

  fail(cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void {
    Conclude.signal(this, cause, failure)
    this.give(Exit.failCause(cause))
  }

  give(exit: Exit.Exit<unknown, unknown>, now?: number): void {
    this.leavePhase()
    this.phase = "done"
    Spans.end(this, exit, now)
    this.resume(exit)
  }

  // --- small parts -------------------------------------------------------------------

  giveBack(): void {
    if (this.reserved === "no") return
    this.reserved = "no"
    Limiter.refund(this.op.shares, this.costs)
  }

  /** Leaves everything that the call holds and has not used. */
  leavePhase(): void {
    this.time.disarm(this)
    if (this.queued) this.op.environment.guards.bulkhead.leave(this)
    Admission.putBack(this)
    this.giveBack()
    if (this.owed === 0) return
    this.op.environment.guards.budget.giveBack(this.owed, this.time.now())
    this.owed = 0
  }
}
