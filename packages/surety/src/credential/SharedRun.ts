/**
 * An effect that several fibers wait for and none of them can interrupt: the first to ask starts it, detached; the others
 * join it. Effect's caches and `Deferred`s tie the run to the fiber that began it.
 *
 * Neighbours: `SharedGrant` runs a refresh in it, so that a caller that gives up does not lose an answer that the server
 * has sent.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/**
 * @category models
 * @since 0.1.0
 */
export interface SharedRun<A, E> {
  running: Deferred.Deferred<A, E> | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = <A, E>(): SharedRun<A, E> => ({ running: undefined })

/**
 * Joins the run, or starts one. An interrupted caller stops waiting; the run goes on.
 *
 * @category running
 * @since 0.1.0
 */
export const join = <A, E>(self: SharedRun<A, E>, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) => {
    if (self.running !== undefined) return restore(Deferred.await(self.running))
    const running = Deferred.makeUnsafe<A, E>()
    self.running = running
    const detached = Effect.onExit(effect, (exit) =>
      Effect.sync(() => {
        self.running = undefined
        Deferred.doneUnsafe(running, exit)
      })
    )
    return Effect.andThen(Effect.forkDetach(detached), restore(Deferred.await(running)))
  })
