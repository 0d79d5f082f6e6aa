/**
 * The child side of `Child.ts`: runs a window between two quiet pauses and sends what it found.
 *
 * The pauses keep a collection of the warm-up, and the final one, apart from the window by more than the few
 * milliseconds by which the collector's clock and ours differ.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Reported } from "./Child.ts"

const quietMillis = 60

/** Measures `window` and sends its value; full collections at both ends close the account of what was allocated. */
export const report = async <A>(window: () => Promise<A>): Promise<void> => {
  globalThis.gc?.()
  await sleep(quietMillis)
  const from = performance.now() - quietMillis / 2
  const value = await window()
  globalThis.gc?.()
  const to = performance.now() + quietMillis / 2
  await sleep(quietMillis)
  const reported: Reported<A> = { value, from, to }
  process.send?.(reported)
}
