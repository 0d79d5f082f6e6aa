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
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import * as Tracer from "effect/Tracer"

/**
 * Starts work in the context of a call: the caller's, and what else the layer had. What has a span is what new spans are
 * under.
 *
 * @category models
 * @since 0.1.0
 */
export type Launcher = <A, E>(
  caller: Fiber.Fiber<unknown, unknown>,
  effect: Effect.Effect<A, E>,
  span: Tracer.Span | undefined
) => Fiber.Fiber<A, E>

/** Where Effect keeps what it has looked up for the fibers of a context, and of others that differ in nothing of that. */
interface Kept {
  readonly cacheRoot?: Kept
  _fiberCache?: Fiber.Fiber.Cache
}

/** What belongs to the run that built the layer, and ended with it. */
const ofTheBuild = Context.omit(Scheduler.Scheduler, Layer.CurrentMemoMap, Tracer.ParentSpan)

/**
 * Makes a launcher. The last answer is kept, because one fiber makes many calls.
 *
 * @category constructors
 * @since 0.1.0
 */
export const launcher = (layer: Context.Context<never>): Launcher => {
  const { mapUnsafe } = ofTheBuild(layer as Context.Context<unknown>)
  const services = Array.from(mapUnsafe, ([key, service]) => [Context.Service<unknown>(key), service] as const)
  let lastCaller: Context.Context<never> | undefined
  let last = layer
  let lastRun = Effect.runForkWith(layer)
  return ({ cache, context: caller }, effect, span) => {
    if (caller !== lastCaller) {
      last = caller
      for (const [key, service] of services) {
        if (Context.getOrUndefined(caller, key) === undefined) last = Context.add(last, key, service)
      }
      lastRun = Effect.runForkWith(last)
      lastCaller = caller
    }
    if (span === undefined) return lastRun(effect)
    const context = Context.add(last, Tracer.ParentSpan, span)
    // a context with a span of its own costs a fiber eleven look-ups, which differ from the caller's in nothing but the span:
    // a third of what tracing costs. Effect does them itself where it does not find them
    if ((last as Kept).cacheRoot?._fiberCache === cache) (context as Kept)._fiberCache = { ...cache, span }
    return Effect.runForkWith(context)(effect)
  }
}
