/**
 * Runs somebody else's effect for so long and no longer: after that it is interrupted, and nobody waits for it to notice.
 *
 * `Effect.timeout` waits until the effect that it interrupted has ended, so that one which cannot be interrupted holds
 * its caller for ever.
 *
 * Neighbours: `Custody` asks, and revokes, through it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/**
 * **Details**   Fails with `late()` after `millis`. `onFork` is given the fiber that does the work: after a cut it may
 * still run. An interruption of the caller is passed on and not waited for.
 *
 * @category running
 * @since 0.1.0
 */
export const cutOff = <A, E, R, E2>(
  effect: Effect.Effect<A, E, R>,
  millis: number,
  late: () => E2,
  onFork: (fiber: Fiber.Fiber<A, E>) => void = () => {}
): Effect.Effect<A, E | E2, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDetach(Effect.interruptible(effect), { startImmediately: true }), (fiber) => {
      onFork(fiber)
      const leave = Effect.sync(() => fiber.interruptUnsafe())
      return restore(Fiber.join(fiber)).pipe(
        Effect.interruptible,
        Effect.timeoutOrElse({
          duration: millis,
          orElse: () =>
            Effect.andThen(
              leave,
              Effect.suspend(() => Effect.fail(late()))
            )
        }),
        Effect.onInterrupt(() => leave)
      )
    })
  )
