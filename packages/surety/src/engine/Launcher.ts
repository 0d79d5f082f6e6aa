/**
 * Runs the work of a call in the right context, under the right span, without merging contexts on every call.
 *
 * Neighbours: effect and stream attempts start their fibers with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"

/**
 * Starts work in the context of a call: the layer's, overridden by the caller's. What has a span is what new spans are under.
 *
 * @category models
 * @since 0.1.0
 */
export type Launcher = <A, E>(
  caller: Context.Context<never>,
  effect: Effect.Effect<A, E>,
  span: Tracer.Span | undefined
) => Fiber.Fiber<A, E>

/** Where Effect keeps what it has looked up for the fibers of a context. */
interface Kept {
  _fiberCache?: Fiber.Fiber.Cache
}

/**
 * Makes a launcher. The last answers are kept, because one fiber makes many calls.
 *
 * @category constructors
 * @since 0.1.0
 */
export const launcher = (layer: Context.Context<never>): Launcher => {
  let lastCaller: Context.Context<never> | undefined
  let last = layer
  let lastRun = Effect.runForkWith(layer)
  let lastCache: Fiber.Fiber.Cache | undefined
  return (caller, effect, span) => {
    if (caller !== lastCaller) {
      last = Context.merge(layer, caller)
      lastRun = Effect.runForkWith(last)
      lastCaller = caller
      lastCache = undefined
    }
    if (span === undefined) return lastRun(effect)
    const context = Context.add(last, Tracer.ParentSpan, span)
    // a context with a span of its own costs a fiber eleven look-ups, which differ in nothing but the span: a third of what
    // tracing costs. Effect does them itself where it does not find them
    if (lastCache !== undefined) (context as Kept)._fiberCache = { ...lastCache, span }
    const fiber = Effect.runForkWith(context)(effect)
    lastCache ??= (context as Kept)._fiberCache
    return fiber
  }
}
