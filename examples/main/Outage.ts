/** When the provider was down, as seen from outside, for providers whose script nobody knows. */
import type { BadDay, Span } from "./BadDay.ts"
import type { Exchange } from "./Wire.ts"

/** Fewer answers than this in a row, or a shorter time, is bad luck. */
const least = { answers: 5, millis: 500 }

/** The outage of a day that began at `startedAt`. */
export const scripted = (day: BadDay, startedAt: number): Span => ({
  from: startedAt + day.outage.from,
  to: startedAt + day.outage.to
})

/** The longest time in which every request met a 5xx or a port that was closed. */
export const seen = (exchanges: ReadonlyArray<Exchange>): Span | undefined => {
  const ended = exchanges.filter(isEnded).sort((a, b) => a.endedAt - b.endedAt)
  let longest: Span | undefined
  let down: { readonly from: number; readonly answers: number } | undefined
  for (const { end, endedAt, sentAt, status } of ended) {
    if (end === "lost" || status === 429) continue
    if (status === undefined || status >= 500) {
      down = { from: down?.from ?? sentAt, answers: (down?.answers ?? 0) + 1 }
    } else {
      const span = down !== undefined && down.answers >= least.answers ? { from: down.from, to: endedAt } : undefined
      if (span !== undefined && lengthOf(span) > Math.max(least.millis, lengthOf(longest))) longest = span
      down = undefined
    }
  }
  return longest
}

const lengthOf = (span: Span | undefined): number => (span === undefined ? 0 : span.to - span.from)

const isEnded = (exchange: Exchange): exchange is Exchange & { readonly endedAt: number } =>
  exchange.endedAt !== undefined
