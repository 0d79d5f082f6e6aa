/**
 * The way of a call to its next attempt: circuit, credential, shared stores, limiter, permit,
 * breaker. Whatever is taken on the way and not used is given back.
 *
 * Neighbours: `Call` begins it and is told what came of it; nothing here decides about
 * retries.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import * as Refusal from "../Refusal.ts"
import * as Aside from "./Aside.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import * as Conclude from "./Conclude.ts"
import * as Limiter from "./Limiter.ts"
import { quietly } from "./Quietly.ts"
import * as SecretCheck from "./SecretCheck.ts"
import * as Spans from "./Spans.ts"

type Secret = Exit.Exit<Redacted.Redacted<string>, Refusal.CredentialUnavailable>

/**
 * Begins the way to the next attempt: circuit, credential, shared stores, limiter, permit.
 *
 * @category running
 * @since 0.1.0
 */
export const next = (call: Call, now: number): void => {
  const { environment, usesCredential } = call.op
  if (environment.guards.breaker.refuses(now)) return refuseOpen(call, now)
  if (usesCredential === "no" || environment.credential === undefined) return shared(call, now)
  const current = environment.credential.source.current
  // an `Effect.succeed` is an exit already: the usual case costs nothing
  if (Exit.isExit(current)) return onCredential(call, current as Secret, now)
  Aside.run(call, "credential", current, (exit) => onCredential(call, exit, call.time.now()))
}

const refuseOpen = (call: Call, now: number): void => {
  const { breaker, series } = call.op.environment.guards
  series.circuitRejections.value++
  Spans.event(call, "circuit rejected")
  const isolated = breaker.state === "isolated"
  const retryAfterMillis = isolated ? 0 : breaker.retryAfterMillis(now)
  call.refuse(
    quietly(() => new Refusal.CircuitOpen({ retryAfterMillis, isolated })),
    "circuit"
  )
}

const onCredential = (call: Call, exit: Secret, now: number): void => {
  if (Exit.isSuccess(exit)) return withSecret(call, exit.value, now)
  const found = exit.cause.reasons.find(Cause.isFailReason)
  if (found === undefined) return call.end(exit.cause, undefined)
  call.refuse(SecretCheck.refusalOf(call, found.error), "credential")
}

/**
 * Goes on with a secret, if it may go on the wire and was granted enough.
 *
 * @category running
 * @since 0.1.0
 */
export const withSecret = (call: Call, secret: Redacted.Redacted<string>, now: number): void => {
  const refusal = SecretCheck.unusable(call, secret)
  if (refusal !== undefined) return call.refuse(refusal, "credential")
  call.secret = secret
  call.secretAt = now
  shared(call, now)
}

/** Guards whose state is shared between processes, when the layer was given a store. */
const shared = (call: Call, now: number): void => {
  const { asking } = call.op.environment
  if (asking === undefined) return limit(call, now)
  asking.begin(call, now)
}

/**
 * A call waits for the tokens of a bucket.
 *
 * @category running
 * @since 0.1.0
 */
export const waits = (call: Call, bucket: string, millis: number): void => {
  call.op.environment.guards.waits(bucket, millis)
  Spans.event(call, "limiter wait", { "limit.name": bucket, "wait.ms": millis })
}

/**
 * Goes on with our own limiter.
 *
 * @category running
 * @since 0.1.0
 */
export const limit = (call: Call, now: number): void => {
  const wait = Limiter.reserve(call.op.shares, call.costs, now)
  call.reserved = "yes"
  if (wait <= 0) return permit(call, now)
  waitForTokens(call, wait, now)
}

/**
 * Waits for tokens that are reserved, or refuses a wait that the deadline does not allow.
 *
 * @category running
 * @since 0.1.0
 */
export const waitForTokens = (call: Call, wait: number, now: number): void => {
  const bucket = Limiter.slowest(call.op.shares, now)
  if (now + wait >= call.deadline) {
    call.giveBack()
    Conclude.limited(call, "local", bucket, now)
    return call.refuse(
      quietly(() => new Refusal.RateLimitSaturated({ bucket, retryAfterMillis: wait })),
      "rate-limit"
    )
  }
  waits(call, bucket, wait)
  call.phase = "limiter"
  call.pauses = Limiter.pauses(call.op.shares)
  call.time.arm(call, now + wait)
}

/**
 * Takes a permit or a place in the queue.
 *
 * @category running
 * @since 0.1.0
 */
export const permit = (call: Call, now: number): void => {
  const { bulkhead } = call.op.environment.guards
  if (bulkhead.tryAcquire()) return launch(call, now)
  call.phase = "queue"
  if (bulkhead.enqueue(call)) return call.time.arm(call, call.deadline)
  call.giveBack()
  call.op.environment.guards.series.concurrencyRejections.value++
  const { concurrency, queue } = bulkhead
  call.refuse(
    quietly(() => new Refusal.BulkheadFull({ concurrency, queue })),
    "bulkhead"
  )
}

/**
 * Sends an attempt: the permit is there.
 *
 * @category running
 * @since 0.1.0
 */
export const launch = (call: Call, now: number): void => {
  const { breaker, bulkhead } = call.op.environment.guards
  // a timer, or a permit, may come late: nothing is sent that cannot be answered in time
  const late = now >= call.deadline || now >= call.keyUntil
  if (!late && now > call.secretAt && !isStillGood(call, now)) return
  const permit = late ? 0 : breaker.admit(now, breaker.state === "closed" && !breaker.ramping(now) ? 0 : call.random())
  if (permit === 0) {
    bulkhead.release()
    call.giveBack()
    if (!late) return refuseOpen(call, now)
    const forgotten = now < call.deadline ? call.op.mutating?.forgotten(call) : undefined
    if (forgotten !== undefined) return call.refuse(forgotten, "key-expired")
    return call.late(call.phase === "queue" ? "bulkhead" : "rate-limit")
  }
  call.phase = "attempt"
  call.owed = 0
  call.attempts++
  const signals = call.op.signals.attempts
  if (call.replaying === "yes") signals.auth_replay.value++
  else if (call.attempts === 1) signals.original.value++
  else signals.retry.value++
  call.replaying = "no"
  const { keys } = call.op.signals
  if (keys !== undefined && call.attempts === 1 && call.options?.keyFirstUsedAt === undefined) keys.new.value++
  SecretCheck.used(call)
  const attempt = call.op.attempt(call, call.attempts)
  call.first = attempt
  run(call, attempt, permit, now)
  if (call.phase === "attempt" && call.op.hedgeMillis !== undefined && call.first === attempt) {
    call.time.arm(call, now + call.op.hedgeMillis)
  }
}

/**
 * A call that waited may hold a secret that has ended, was replaced or revoked. Says whether it goes on at once; otherwise
 * it is refused, or waits for another secret with its permit and its tokens in hand.
 */
const isStillGood = (call: Call, now: number): boolean => {
  const { credential, guards } = call.op.environment
  if (call.secret === undefined || credential === undefined) return true
  call.secretAt = now
  const { current } = credential.source
  const take = (exit: Secret): boolean => {
    // a source that still gives the refused secret has nothing newer than what followed it
    if (Exit.isSuccess(exit) && (exit.value === call.secret || exit.value === call.refused)) return true
    const refusal = Exit.isSuccess(exit) ? SecretCheck.unusable(call, exit.value) : undefined
    if (Exit.isSuccess(exit) && refusal === undefined) {
      call.secret = exit.value
      return true
    }
    guards.bulkhead.release()
    if (refusal !== undefined) call.refuse(refusal, "credential")
    else onCredential(call, exit, now)
    return false
  }
  if (Exit.isExit(current)) return take(current as Secret)
  call.holdsPermit = "yes"
  Aside.run(call, "credential", current, (exit) => {
    call.holdsPermit = "no"
    call.secretAt = call.time.now()
    if (take(exit)) launch(call, call.secretAt)
  })
  return false
}

/**
 * Gives a permit back that no attempt has.
 *
 * @category running
 * @since 0.1.0
 */
export const putBack = (call: Call): void => {
  if (call.holdsPermit === "no") return
  call.holdsPermit = "no"
  call.op.environment.guards.bulkhead.release()
}

/**
 * Starts an attempt under its timeout.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (call: Call, attempt: Attempt, permit: number, now: number): void => {
  attempt.permit = permit
  attempt.startedAt = now
  call.reserved = "no"
  Spans.attempt(attempt, now)
  const { exchange } = call.op.signals
  if (exchange !== undefined) exchange.active++
  try {
    attempt.start()
  } catch (defect) {
    // thrown on, it would end a timer's turn, or another call's, and nobody would end this call
    attempt.broken(defect)
  }
  if (!attempt.settled) call.time.arm(attempt, Math.min(now + call.op.attemptMillis, call.deadline))
}
