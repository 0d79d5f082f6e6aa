/** Drives an Effect-returning call as a service would: a few long fibers, each with one call after the other. */
import * as Effect from "effect/Effect"

/** Splits `calls` over `concurrency` fibers. */
export const loop = <E, R>(
  call: (input: number) => Effect.Effect<unknown, E, R>,
  calls: number,
  concurrency: number
): Effect.Effect<void, E, R> => {
  const fiber = (share: number) =>
    Effect.suspend(() => {
      let left = share
      return Effect.whileLoop({ while: () => left > 0, body: () => call(left), step: () => void left-- })
    })
  const share = Math.ceil(calls / concurrency)
  return concurrency === 1
    ? fiber(share)
    : Effect.forEach(Array.from({ length: concurrency }), () => fiber(share), {
        concurrency: "unbounded",
        discard: true
      })
}

/** Splits `calls` over `concurrency` loops of promises. */
export const promiseLoop = async (
  call: (input: number) => Promise<unknown>,
  calls: number,
  concurrency: number
): Promise<void> => {
  const worker = async (share: number) => {
    for (let left = share; left > 0; left--) await call(left)
  }
  const share = Math.ceil(calls / concurrency)
  if (concurrency === 1) return worker(share)
  await Promise.all(Array.from({ length: concurrency }, () => worker(share)))
}
