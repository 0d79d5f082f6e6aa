/**
 * Work beside the loop of a call: a credential, a shared store, a lookup, a fallback. It runs in a fiber of its own,
 * under the total deadline.
 *
 * Neighbours: `Admission`, `Rejection` and `Resend` wait for it; `Call` stops it when it ends.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"
import type { Call, Phase } from "./Call.ts"

/**
 * @category running
 * @since 0.1.0
 */
export const run = <A, E>(
  call: Call,
  phase: Phase,
  effect: Effect.Effect<A, E>,
  then: (exit: Exit.Exit<A, E>) => void
): void => {
  call.phase = phase
  const { fiber, span } = call
  const context = span === undefined ? fiber.context : Context.add(fiber.context, Tracer.ParentSpan, span)
  const child = Effect.runForkWith(context)(effect)
  const exit = child.pollUnsafe()
  if (exit !== undefined) return then(exit)
  call.side = child
  if (phase !== "fallback") call.time.arm(call, call.deadline)
  child.addObserver((exit) => {
    if (call.side !== child || call.isDone) return
    call.side = undefined
    call.time.disarm(call)
    call.safely(() => then(exit))
  })
}

/**
 * @category running
 * @since 0.1.0
 */
export const stop = (call: Call): void => {
  const { side } = call
  call.side = undefined
  side?.interruptUnsafe(call.fiber.id)
}
