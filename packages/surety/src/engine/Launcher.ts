/**
 * Runs the work of a call in the right context, without merging contexts on every call.
 *
 * Neighbours: effect and stream attempts start their fibers with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/**
 * Starts work in the context of a call: the layer's, overridden by the caller's.
 *
 * @category models
 * @since 0.1.0
 */
export interface Launcher {
  readonly contextOf: (caller: Context.Context<never>) => Context.Context<never>
  readonly run: <A, E>(caller: Context.Context<never>, effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
}

/**
 * Makes a launcher. The last answer is kept, because one fiber makes many calls.
 *
 * @category constructors
 * @since 0.1.0
 */
export const launcher = (layer: Context.Context<never>): Launcher => {
  let lastCaller: Context.Context<never> | undefined
  let last = layer
  let lastRun = Effect.runForkWith(layer)
  const turnTo = (caller: Context.Context<never>): void => {
    if (caller === lastCaller) return
    last = Context.merge(layer, caller)
    lastRun = Effect.runForkWith(last)
    lastCaller = caller
  }
  return {
    contextOf: (caller) => {
      turnTo(caller)
      return last
    },
    run: (caller, effect) => {
      turnTo(caller)
      return lastRun(effect)
    }
  }
}
