/**
 * The other side of `Child.ts`: a program that is warm does one turn each time it is asked, until it is told to end.
 *
 * Quiet pauses keep the collections of the warm-up, and the final one, apart from the turns by more than the few
 * milliseconds by which the collector's clock and ours differ.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Message } from "./Child.ts"

const quietMillis = 60

/** Takes turns; full collections at both ends close the account of what was allocated. */
export const takeTurns = async <A>(turn: () => Promise<A>): Promise<void> => {
  const say = (message: Message<A>) => process.send?.(message)
  globalThis.gc?.()
  await sleep(quietMillis)
  const from = performance.now() - quietMillis / 2
  const end = async () => {
    globalThis.gc?.()
    const to = performance.now() + quietMillis / 2
    await sleep(quietMillis)
    process.send?.({ _tag: "Ended", from, to } satisfies Message<A>, () => process.exit(0))
  }
  process.on("message", (message) =>
    message === "turn" ? void turn().then((value) => say({ _tag: "Value", value })) : void end()
  )
  say({ _tag: "Ready" })
}
