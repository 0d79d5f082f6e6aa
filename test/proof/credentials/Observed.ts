/** What a process of the proof shows of itself: every log at every level in two formats, and the audit trail in a file. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { show } from "./Desk.ts"

export const layerLogs: Layer.Layer<never> = Layer.merge(
  Logger.layer([Logger.consoleJson, Logger.consolePretty(), Logger.tracerLogger]),
  Layer.succeed(References.MinimumLogLevel, "All")
)

/** How a number of calls ended: the errors by tag, and their reason's tag. */
export interface Ended {
  readonly ok: number
  readonly failed: Readonly<Record<string, number>>
  readonly millis: number
}

/**
 * Makes calls in `fibers` fibers at once, one in each, or one after another for `forMillis`. Whatever fails is written out
 * in every way there is.
 */
export const together = <A, E, R>(
  call: Effect.Effect<A, E, R>,
  fibers: number,
  forMillis = 0
): Effect.Effect<Ended, never, R> =>
  Effect.gen(function* () {
    const from = performance.now()
    const exits: Array<Exit.Exit<A, E>> = []
    const fiber = Effect.gen(function* () {
      do {
        exits.push(yield* Effect.exit(call))
        if (forMillis > 0) yield* Effect.sleep(betweenCalls)
      } while (performance.now() < from + forMillis)
    })
    yield* Effect.forEach(Array<null>(fibers).fill(null), () => fiber, { concurrency: "unbounded", discard: true })
    let ok = 0
    const failed: Record<string, number> = {}
    for (const exit of exits) {
      if (Exit.isSuccess(exit)) {
        ok++
        continue
      }
      const name = nameOf(Cause.squash(exit.cause))
      failed[name] = (failed[name] ?? 0) + 1
      // the first of a kind is enough
      if (failed[name] === 1) yield* showFailure(exit)
    }
    return { ok, failed, millis: Math.round(performance.now() - from) }
  })

const betweenCalls = "200 millis"

/** Writes a failure out in every way there is, where it is searched for secrets. */
export const showFailure = <E>(exit: Exit.Failure<unknown, E>): Effect.Effect<void> =>
  Effect.andThen(
    Effect.logError("a call failed", exit.cause),
    Effect.sync(() => {
      console.error(Cause.pretty(exit.cause))
      show("a call failed", exit.cause)
      console.error(JSON.stringify(exit))
    })
  )

/** An error by its tag, and by its reason's tag. */
export const nameOf = (error: unknown): string => {
  const { _tag, reason } = error as { readonly _tag?: unknown; readonly reason?: { readonly _tag?: unknown } }
  const outer = typeof _tag === "string" ? _tag : error instanceof Error ? error.name : typeof error
  return typeof reason?._tag === "string" ? `${outer}(${reason._tag})` : outer
}
