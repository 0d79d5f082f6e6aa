/**
 * Remembers in this process which transactions are over.
 *
 * **Gotchas**   With several processes behind one address, each remembers its own. The server takes a code once in any case.
 *
 * Neighbours: `TransactionStore` is the port.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TransactionStore } from "./TransactionStore.ts"

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<TransactionStore> = Layer.sync(TransactionStore, () => {
  const untilMillis = new Map<string, number>()
  return {
    claim: (digest, keptMillis) =>
      Effect.map(Clock.monotonicTimeNanos, (nanos) => {
        const now = Number(nanos / 1_000_000n)
        // they end in about the order they came in
        for (const [known, until] of untilMillis) {
          if (until > now) break
          untilMillis.delete(known)
        }
        if ((untilMillis.get(digest) ?? 0) > now) return "again"
        untilMillis.set(digest, now + keptMillis)
        return "first"
      })
  }
})
