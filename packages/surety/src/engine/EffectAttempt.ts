/**
 * An attempt that runs any Effect in a fiber of its own.
 *
 * `detached` work is never interrupted: it keeps its permit until it settles, and what it
 * then says is ignored.
 *
 * Neighbours: `Sdk` bindings and plain operations run here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Failure from "../Failure.ts"
import type { AttemptContext } from "../Operation.ts"
import type { Reach, ReachingContext } from "../Sdk.ts"
import { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import type { Launcher } from "./Launcher.ts"

/**
 * What an effect binding is, compiled.
 *
 * @category models
 * @since 0.1.0
 */
export interface EffectSource {
  readonly attempt: (request: unknown, context: AttemptContext) => Effect.Effect<unknown, unknown>
  readonly cancellation: "abortable" | "detached"
  /** The context of the layer, merged below the caller's. */
  readonly launcher: Launcher
}

/**
 * @category models
 * @since 0.1.0
 */
export class EffectAttempt extends Attempt implements ReachingContext {
  readonly source: EffectSource
  private child: Fiber.Fiber<unknown, unknown> | undefined = undefined

  constructor(call: Call, number: number, source: EffectSource) {
    super(call, number)
    this.source = source
  }

  get attempt(): number {
    return this.number
  }

  get idempotencyKey(): string | undefined {
    return this.call.key
  }

  get layer(): object {
    return this.call.op.environment
  }

  get reach(): Reach {
    return { baseUrl: this.call.op.environment.contract.baseUrl, secret: this.call.secret ?? none }
  }

  start(): void {
    const { call, source } = this
    let effect: Effect.Effect<unknown, unknown>
    try {
      effect = source.attempt(call.request, this)
    } catch (defect) {
      return this.onExit(Exit.die(defect))
    }
    const child = source.launcher(call.fiber, effect, this.span)
    const exit = child.pollUnsafe()
    if (exit !== undefined) return this.onExit(exit)
    this.child = child
    child.addObserver((exit) => this.onExit(exit))
  }

  abort(): void {
    if (this.child === undefined) this.released()
    else if (this.source.cancellation === "abortable") this.child.interruptUnsafe(this.call.fiber.id)
  }

  override pending(): Fiber.Fiber<unknown, unknown> | undefined {
    return this.source.cancellation === "abortable" ? this.child : undefined
  }

  private onExit(exit: Exit.Exit<unknown, unknown>): void {
    this.child = undefined
    this.released()
    if (this.settled) return
    if (Exit.isSuccess(exit)) return this.succeed(exit.value)
    const first = exit.cause.reasons[0]
    if (
      exit.cause.reasons.length === 1 &&
      first !== undefined &&
      Cause.isFailReason(first) &&
      Failure.isFailure(first.error)
    ) {
      return this.fail(first.error)
    }
    this.die(exit.cause)
  }
}

const none = Redacted.make("")
