/**
 * One attempt of a call: it holds a permit, runs under the attempt timeout, and settles
 * exactly once.
 *
 * The timeout covers everything up to the decoded result. The permit goes back when the
 * work has really stopped, which for work that cannot be aborted is later than the timeout.
 *
 * Neighbours: `EffectAttempt` and the HTTP adapter extend it; `Call` decides what a result
 * means.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import type * as Fiber from "effect/Fiber"
import type * as Tracer from "effect/Tracer"
import type * as Failure from "../Failure.ts"
import type * as Refusal from "../Refusal.ts"
import { AttemptTimeout } from "../TransportFailure.ts"
import type { Permit } from "./Breaker.ts"
import type { Call } from "./Call.ts"
import { quietly } from "./Quietly.ts"
import { Timer } from "./Time.ts"

/**
 * @category models
 * @since 0.1.0
 */
export abstract class Attempt extends Timer {
  readonly call: Call
  /** Counts from 1. */
  readonly number: number
  permit: Permit = 0
  startedAt = 0
  settled = false
  holdsPermit = true
  span: Tracer.Span | undefined = undefined
  /** HTTP only: what the response said, for metadata and spans. */
  status: number | undefined = undefined
  responseHeaders: Readonly<Record<string, string>> | undefined = undefined
  /** HTTP only: `elsewhere` once a redirect was followed. The secret is not sent there. */
  answersFrom: "provider" | "elsewhere" = "provider"

  constructor(call: Call, number: number) {
    super()
    this.call = call
    this.number = number
  }

  /** Starts the work. May settle before it returns. */
  abstract start(): void

  /** Stops the work, as far as it can be stopped; calls `released` when it has. */
  abstract abort(): void

  /** The fiber that an interrupted caller has to wait for, if any. */
  pending(): Fiber.Fiber<unknown, unknown> | undefined {
    return undefined
  }

  succeed(value: unknown): void {
    if (this.settle()) this.call.onSuccess(this, value)
  }

  fail(failure: Failure.Any): void {
    if (this.settle()) this.call.onFailure(this, failure)
  }

  die(cause: Cause.Cause<unknown>): void {
    if (this.settle()) this.call.onDefect(this, cause)
  }

  /** The work could not begin; nothing was sent. */
  refused(refusal: Refusal.Refusal): void {
    if (!this.settle()) return
    this.abort()
    this.call.onRefused(this, refusal)
  }

  /** What no work is made to do happened: it threw where it may only call back. */
  broken(defect: unknown): void {
    if (this.settled) return
    this.abort()
    this.die(Cause.die(defect))
  }

  /** The attempt timeout, or the total deadline, whichever comes first. */
  fire(): void {
    if (this.settled) return
    const elapsed = Math.round(this.call.time.now() - this.startedAt)
    this.settled = true
    this.abort()
    this.call.onFailure(
      this,
      quietly(() => new AttemptTimeout({ timeoutMillis: elapsed }))
    )
  }

  /** Gives up on the attempt without a result. */
  cancel(): void {
    if (!this.settle()) return
    this.abort()
    this.call.onCancelled(this)
  }

  /** The work has stopped: the permit is free. */
  released(): void {
    if (!this.holdsPermit) return
    this.holdsPermit = false
    this.call.op.environment.guards.bulkhead.release()
  }

  private settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.call.time.disarm(this)
    return true
  }
}
