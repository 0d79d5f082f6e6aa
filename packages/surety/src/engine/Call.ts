/**
 * One logical call: the loop through credential, limiter, bulkhead and breaker to an
 * attempt, and back again after a wait, until it succeeds or must stop.
 *
 * It is a small state machine on plain callbacks: no fiber, no schedule and no closure per
 * step. Everything that waits is paid from the total deadline, and a wait that cannot be
 * paid for is refused at once.
 *
 * Neighbours: `RetryDecision` decides, `Conclude` builds the error, `Attempt` does the work.
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
import * as Backoff from "../Backoff.ts"
import type { Stopped } from "../CallError.ts"
import type { Degraded } from "../CallMetadata.ts"
import * as Failure from "../Failure.ts"
import type { CallOptions } from "../Operation.ts"
import * as Refusal from "../Refusal.ts"
import * as RetryDecision from "../RetryDecision.ts"
import type { Attempt } from "./Attempt.ts"
import type { Waiter } from "./Bulkhead.ts"
import * as Conclude from "./Conclude.ts"
import type { Compiled } from "./Environment.ts"
import * as KeyPlan from "./KeyPlan.ts"
import * as Limiter from "./Limiter.ts"
import { quietly } from "./Quietly.ts"
import * as SharedStore from "./SharedStore.ts"
import * as Spans from "./Spans.ts"
import { fromClock, type Time, Timer } from "./Time.ts"

type Phase =
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

type Secret = Exit.Exit<Redacted.Redacted<string>, Refusal.CredentialUnavailable>

/** How a call gives its result. */
type Finish = (call: Call, value: unknown) => Exit.Exit<unknown>

/**
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
  secret: Redacted.Redacted<string> | undefined = undefined
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
  private phase: Phase = "idle"
  private first: Attempt | undefined = undefined
  private hedge: Attempt | undefined = undefined
  private side: Fiber.Fiber<unknown, unknown> | undefined = undefined
  private previousMillis = 0
  private paid = 0
  /** Paid from the retry budget for a retry that has not begun. */
  private owed = 0
  private lostAt = 0
  private stopping: Stopped = "attempts"
  private pauses: ReadonlyArray<number> | undefined = undefined
  private reserved: "yes" | "no" = "no"
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
    op.environment.guards.budget.begin(this.startedAt)
    let refusal: Refusal.KeyRefused | undefined
    try {
      refusal = KeyPlan.assign(this)
      if (refusal === undefined) {
        this.costs = Limiter.weigh(op.shares, this.request)
        if (op.prepare !== undefined) this.prepared = op.prepare(this.request)
      }
    } catch (cause) {
      if (!Failure.isFailure(cause)) return this.end(Cause.die(cause), undefined)
      Conclude.count(op.signals, cause)
      return this.end(Cause.fail(cause), cause)
    }
    if (refusal !== undefined) return this.refuse(refusal, "key-expired")
    this.next(this.startedAt)
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
    const elapsed = this.time.now() - this.startedAt
    this.op.signals.ended("cancelled", undefined, "cancelled", elapsed)
    Spans.end(this, Exit.interrupt(this.fiber.id))
    return pending.length === 0 ? Effect.void : Fiber.awaitAll(pending).pipe(Effect.asVoid)
  }

  // --- admission ---------------------------------------------------------------------

  /** Begins the way to the next attempt. */
  private next(now: number): void {
    const { environment, usesCredential } = this.op
    if (environment.guards.breaker.refuses(now)) return this.refuseOpen(now)
    if (usesCredential === "no" || environment.credential === undefined) return this.shared(now)
    const current = environment.credential.source.current
    // an `Effect.succeed` is an exit already: the usual case costs nothing
    if (Exit.isExit(current)) return this.onCredential(current as Secret, now)
    this.aside("credential", current, (exit) => this.onCredential(exit, this.time.now()))
  }

  private onCredential(exit: Secret, now: number): void {
    if (Exit.isSuccess(exit)) {
      this.secret = exit.value
      return this.shared(now)
    }
    const found = exit.cause.reasons.find(Cause.isFailReason)
    if (found === undefined) return this.end(exit.cause, undefined)
    this.refuse(found.error, "credential")
  }

  /** Guards whose state is shared between processes, when the layer was given a store. */
  private shared(now: number): void {
    const ask = SharedStore.ask(this)
    if (ask === undefined) return this.limit(now)
    this.aside("store", ask, (exit) => {
      if (Exit.isFailure(exit)) return this.end(exit.cause, undefined)
      this.onStore(exit.value)
    })
  }

  private onStore(answer: SharedStore.Answer): void {
    if (answer._tag === "Go") return this.limit(this.time.now())
    if (answer._tag === "Refused") return this.refuse(answer.refusal, answer.stopped)
    this.phase = "backoff"
    this.time.arm(this, this.time.now() + answer.afterMillis)
  }

  private limit(now: number): void {
    const wait = Limiter.reserve(this.op.shares, this.costs, now)
    this.reserved = "yes"
    if (wait <= 0) return this.permit(now)
    this.waitForTokens(wait, now)
  }

  private waitForTokens(wait: number, now: number): void {
    if (now + wait >= this.deadline) {
      this.giveBack()
      const bucket = Limiter.slowest(this.op.shares, now)
      this.op.environment.guards.rejected["rate-limit"].value++
      return this.refuse(quietly(() => new Refusal.RateLimitSaturated({ bucket, retryAfterMillis: wait })), "rate-limit")
    }
    this.phase = "limiter"
    this.pauses = Limiter.pauses(this.op.shares)
    this.time.arm(this, now + wait)
  }

  private permit(now: number): void {
    const { bulkhead } = this.op.environment.guards
    if (bulkhead.tryAcquire()) return this.launch(now)
    this.phase = "queue"
    if (bulkhead.enqueue(this)) return this.time.arm(this, this.deadline)
    this.giveBack()
    this.op.environment.guards.rejected.bulkhead.value++
    const { concurrency, queue } = bulkhead
    this.refuse(quietly(() => new Refusal.BulkheadFull({ concurrency, queue })), "bulkhead")
  }

  onPermit(): void {
    this.time.disarm(this)
    this.launch(this.time.now())
  }

  private launch(now: number): void {
    const { breaker, bulkhead } = this.op.environment.guards
    // a timer, or a permit, may come late: nothing is sent that cannot be answered in time
    const late = now >= this.deadline || now >= this.keyUntil
    const permit = late ? 0 : breaker.admit(now, breaker.state === "closed" && !breaker.ramping(now) ? 0 : this.random())
    if (permit === 0) {
      bulkhead.release()
      this.giveBack()
      if (!late) return this.refuseOpen(now)
      if (now < this.deadline) return this.refuse(KeyPlan.forgotten(this), "key-expired")
      return this.late(this.phase === "queue" ? "bulkhead" : "rate-limit")
    }
    this.phase = "attempt"
    this.owed = 0
    this.attempts++
    const signals = this.op.signals.attempts
    if (this.attempts === 1) signals.original.value++
    else signals.retry.value++
    const attempt = this.op.attempt(this, this.attempts)
    this.first = attempt
    this.run(attempt, permit, now)
    if (this.phase === "attempt" && this.op.hedgeMillis !== undefined && this.first === attempt) {
      this.time.arm(this, now + this.op.hedgeMillis)
    }
  }

  private run(attempt: Attempt, permit: number, now: number): void {
    attempt.permit = permit
    attempt.startedAt = now
    this.reserved = "no"
    Spans.attempt(attempt)
    attempt.start()
    if (!attempt.settled) this.time.arm(attempt, Math.min(now + this.op.attemptMillis, this.deadline))
  }

  /** Sends a second copy, when every guard has room for it at once. */
  private tryHedge(): void {
    const { guards, limiterStore } = this.op.environment
    const { breaker, budget, bulkhead } = guards
    const now = this.time.now()
    // a shared limiter cannot answer at once
    if (this.attempts >= this.op.maxAttempts || now >= this.keyUntil || limiterStore !== undefined) return
    if (breaker.state !== "closed" || breaker.ramping(now) || !bulkhead.tryAcquire()) return
    if (Limiter.reserve(this.op.shares, this.costs, now) > 0 || !budget.take(budget.costOf("outage"), now)) {
      Limiter.refund(this.op.shares, this.costs)
      return bulkhead.release()
    }
    // closed and not ramping: never refused
    const permit = breaker.admit(now, 0)
    this.attempts++
    this.op.signals.attempts.hedge.value++
    const attempt = this.op.attempt(this, this.attempts)
    this.hedge = attempt
    this.run(attempt, permit, now)
  }

  // --- what an attempt says ----------------------------------------------------------

  onSuccess(attempt: Attempt, value: unknown): void {
    const { guards } = this.op.environment
    const now = this.time.now()
    attempt.released()
    guards.breaker.record(attempt.permit, "answered", now, 0)
    Spans.endAttempt(attempt, undefined)
    this.answered = attempt
    this.drop(attempt)
    guards.budget.succeed(this.paid)
    this.succeed(value, now)
  }

  onFailure(attempt: Attempt, failure: Failure.Any): void {
    const now = this.time.now()
    const { guards } = this.op.environment
    const declaration = Failure.declarationOf(failure)
    const health = declaration?.health ?? "outage"
    const before = guards.breaker.state
    guards.breaker.record(attempt.permit, health, now, this.random())
    if (before !== guards.breaker.state) SharedStore.publish(this, now)
    Spans.endAttempt(attempt, failure)
    this.answered = attempt
    const hint = Failure.retryAfterOf(failure)
    const hintMillis = hint === undefined ? 0 : Conclude.millisOf(hint)
    // a floor stands, whatever another copy says afterwards
    if (hintMillis > 0) this.hintUntil = Math.max(this.hintUntil, now + hintMillis)
    if (health === "throttled") Limiter.pause(this.op, failure, hintMillis, now)
    Conclude.count(this.op.signals, failure)
    if (this.op.kind === "mutation") {
      if (failure[Failure.TypeId] === "idempotent-only") {
        this.unknown = failure
        this.lostAt = now
      } else if (declaration?.outcome === "not-applied") this.unknown = undefined
    }
    this.last = failure
    if (this.first === attempt) this.first = this.hedge
    this.hedge = undefined
    if (this.phase === "done") return
    if (this.first !== undefined) {
      if (!this.isFinal(failure)) return
      const other = this.first
      this.first = undefined
      other.cancel()
    }
    if (this.phase === "attempt") this.time.disarm(this)
    this.decide(failure, health, now)
  }

  /** Does this answer stand, whatever the other copy will say? */
  private isFinal(failure: Failure.Any): boolean {
    return failure[Failure.TypeId] === "never" && (this.op.kind === "read" || this.op.plan?._tag === "Key")
  }

  onDefect(attempt: Attempt, cause: Cause.Cause<unknown>): void {
    this.op.environment.guards.breaker.record(attempt.permit, "ignored", this.time.now(), 0)
    Spans.endAttempt(attempt, undefined, cause)
    this.drop(attempt)
    this.end(cause, undefined)
  }

  onCancelled(attempt: Attempt): void {
    this.op.environment.guards.breaker.record(attempt.permit, "ignored", this.time.now(), 0)
    Spans.endAttempt(attempt, undefined, Cause.interrupt(this.fiber.id))
  }

  /** The other copy is not needed any more. */
  private drop(attempt: Attempt): void {
    const other = this.first === attempt ? this.hedge : this.first
    this.first = undefined
    this.hedge = undefined
    other?.cancel()
  }

  // --- again, or stop ----------------------------------------------------------------

  private decide(failure: Failure.Any, health: Failure.Health, now: number): void {
    const { guards } = this.op.environment
    const decision = RetryDecision.decide({
      rule: this.op.rules[failure._tag] ?? Backoff.never,
      attempts: this.attempts,
      random: this.random(),
      previousMillis: this.previousMillis,
      hintMillis: Math.max(0, this.hintUntil - now),
      remainingMillis: this.deadline - now,
      keyMillis: this.keyUntil - now
    })
    if (decision._tag === "Stop") return this.stop(decision.because)
    const afterMillis = Math.max(decision.afterMillis, this.unknown === undefined ? 0 : KeyPlan.settleMillis(this.op.plan))
    if (now + afterMillis >= this.deadline) return this.stop("deadline")
    const cost = guards.budget.costOf(health)
    if (!guards.budget.take(cost, now)) return this.stop("retry-budget")
    this.paid = cost
    this.owed = cost
    this.previousMillis = decision.afterMillis
    Spans.retry(this, afterMillis)
    this.phase = "backoff"
    this.time.arm(this, now + afterMillis)
  }

  private stop(because: Stopped): void {
    Conclude.suppressed(this.op.signals, because)
    if (this.unknown === undefined || this.op.lookup === undefined || this.time.now() >= this.deadline) {
      return this.conclude(because)
    }
    this.stopping = because
    // the write may still be on its way to where the lookup reads; without time for that, it looks at once
    const settledAt = this.lostAt + KeyPlan.settleMillis(this.op.plan)
    if (settledAt <= this.time.now() || settledAt >= this.deadline) return this.lookup(this.op.lookup, because)
    this.phase = "settle"
    this.time.arm(this, settledAt)
  }

  /** Asks whether a lost mutation was applied; succeeds the call when it was. `because`: no resend after it. */
  private lookup(ask: NonNullable<Compiled["lookup"]>, because: Stopped | undefined): void {
    this.aside("lookup", ask(this.request, this.key ?? ""), (exit) => {
      if (Exit.isFailure(exit)) return this.conclude(because ?? "lookup")
      if (exit.value !== undefined) {
        this.reconciled = "yes"
        this.op.signals.reconciled.value++
        this.unknown = undefined
        return this.succeed(exit.value, this.time.now())
      }
      if (because !== undefined) return this.conclude(because)
      if (KeyPlan.absentMeans(this.op.plan) === "unknown") return this.conclude("absent")
      this.unknown = undefined
      this.next(this.time.now())
    })
  }

  /** The wait is over. */
  fire(): void {
    switch (this.phase) {
      case "backoff":
        return this.unknown !== undefined && this.op.lookup !== undefined
          ? this.lookup(this.op.lookup, undefined)
          : this.next(this.time.now())
      case "settle":
        return this.op.lookup === undefined ? this.conclude(this.stopping) : this.lookup(this.op.lookup, this.stopping)
      case "limiter": {
        // the provider may have asked everybody to wait in the meantime
        const now = this.time.now()
        const longer = Limiter.pausedSince(this.op.shares, this.pauses)
        return longer <= 0 ? this.permit(now) : this.waitForTokens(longer, now)
      }
      case "queue":
        this.op.environment.guards.bulkhead.leave(this)
        this.giveBack()
        return this.late("bulkhead")
      case "attempt":
        return this.tryHedge()
      case "credential":
        this.stopAside()
        return this.late("credential")
      case "store":
        this.stopAside()
        return this.time.now() >= this.deadline ? this.late("rate-limit") : this.onStore(SharedStore.silent(this))
      case "lookup":
        this.stopAside()
        return this.conclude("deadline")
      case "fallback":
      case "idle":
      case "done":
        return
    }
  }

  // --- results -----------------------------------------------------------------------

  private succeed(value: unknown, now: number): void {
    this.op.stale?.put(this.request, value, now)
    this.op.signals.succeeded(now - this.startedAt)
    this.leavePhase()
    this.phase = "done"
    const exit = this.finish(this, value)
    Spans.end(this, exit)
    this.resume(exit)
  }

  private late(waitedFor: "bulkhead" | "rate-limit" | "credential" | "hook"): void {
    const totalMillis = this.op.totalMillis
    this.refuse(quietly(() => new Refusal.BudgetExhausted({ totalMillis, waitedFor })), "deadline")
  }

  private refuseOpen(now: number): void {
    const { breaker, rejected } = this.op.environment.guards
    rejected.circuit.value++
    const isolated = breaker.state === "isolated"
    const retryAfterMillis = isolated ? 0 : breaker.retryAfterMillis(now)
    this.refuse(quietly(() => new Refusal.CircuitOpen({ retryAfterMillis, isolated })), "circuit")
  }

  private refuse(refusal: Refusal.Refusal, stopped: Stopped): void {
    if (this.last !== undefined) return this.stop(stopped)
    const error = Conclude.notAttempted(this.op, refusal)
    this.end(Cause.fail(error), undefined)
  }

  private conclude(stopped: Stopped): void {
    const error = Conclude.error(this, stopped)
    this.end(Cause.fail(error), this.last)
  }

  /** The call failed: serves the fallback, or the error. */
  private end(cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void {
    this.leavePhase()
    const served = Conclude.fallback(this, cause, failure)
    if (served === undefined) return this.fail(cause, failure)
    this.op.signals.fallbacks.value++
    if (!Effect.isEffect(served)) return this.degrade(served.value)
    this.aside("fallback", served, (other) => {
      if (Exit.isSuccess(other)) return this.degrade(other.value)
      this.degraded = undefined
      this.fail(cause, failure)
    })
  }

  private degrade(value: unknown): void {
    this.op.signals.ended("degraded", undefined, undefined, this.time.now() - this.startedAt)
    this.leavePhase()
    this.phase = "done"
    const exit = this.finish(this, value)
    Spans.end(this, exit)
    this.resume(exit)
  }

  private fail(cause: Cause.Cause<unknown>, failure: Failure.Any | undefined): void {
    this.leavePhase()
    this.phase = "done"
    Conclude.signal(this, cause, failure)
    const exit = Exit.failCause(cause)
    Spans.end(this, exit)
    this.resume(exit)
  }

  // --- small parts -------------------------------------------------------------------

  /** Runs an effect beside the loop, under the total deadline. */
  private aside<A, E>(phase: Phase, effect: Effect.Effect<A, E>, then: (exit: Exit.Exit<A, E>) => void): void {
    this.phase = phase
    const child = Effect.runForkWith(this.fiber.context)(effect)
    const exit = child.pollUnsafe()
    if (exit !== undefined) return then(exit)
    this.side = child
    if (phase !== "fallback") {
      const patience = phase === "store" ? this.time.now() + SharedStore.patienceMillis : Infinity
      this.time.arm(this, Math.min(this.deadline, patience))
    }
    child.addObserver((exit) => {
      if (this.side !== child || this.phase === "done") return
      this.side = undefined
      this.time.disarm(this)
      then(exit)
    })
  }

  private stopAside(): void {
    const side = this.side
    this.side = undefined
    side?.interruptUnsafe(this.fiber.id)
  }

  private giveBack(): void {
    if (this.reserved === "no") return
    this.reserved = "no"
    Limiter.refund(this.op.shares, this.costs)
  }

  /** Leaves everything that the call holds and has not used. */
  private leavePhase(): void {
    this.time.disarm(this)
    if (this.queued) this.op.environment.guards.bulkhead.leave(this)
    this.giveBack()
    if (this.owed === 0) return
    this.op.environment.guards.budget.giveBack(this.owed, this.time.now())
    this.owed = 0
  }
}
