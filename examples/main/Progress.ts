/**
 * What a person sees while a run goes on: five lines that are drawn over ten times a second, or, where nothing can be
 * drawn over, a plain line a second.
 */
import { Effect } from "effect"
import * as BadDay from "./BadDay.ts"
import type { Book, Till } from "./OrderService.ts"
import { count, type Screen, type Tone } from "./Screen.ts"
import type { Wire } from "./Wire.ts"

export interface Watched {
  readonly name: string
  readonly book: Book
  readonly wire: Wire
  readonly till: Till
  /** absent when nobody knows the provider's script */
  readonly day: BadDay.BadDay | undefined
}

/** Shows a run until it is interrupted. */
export const show = (screen: Screen, watched: Watched): Effect.Effect<never> =>
  Effect.forever(
    screen.isLive
      ? Effect.andThen(
          Effect.sync(() => screen.draw(lines(screen, watched))),
          Effect.sleep("100 millis")
        )
      : Effect.andThen(
          Effect.sleep("1 second"),
          Effect.sync(() => screen.print(line(watched)))
        )
  )

const lines = (screen: Screen, watched: Watched): ReadonlyArray<string> => {
  const { book, day, name, till, wire } = watched
  const elapsed = performance.now() - book.startedAt
  const settled = book.charged + book.declined
  const breaker = till.breaker()
  const provider = day === undefined ? undefined : BadDay.weatherAt(day, elapsed)
  const row = (label: string, text: string): string =>
    `  ${" ".repeat(11)}${screen.tone("quiet", label.padEnd(10))}${text}`
  return [
    `  ${screen.tone("strong", name.padEnd(11))}${bar(settled / book.wanted)}  ${count(settled)} of ${count(book.wanted)}` +
      `${seconds(elapsed).padStart(9)}`,
    ...(provider === undefined ? [] : [row("provider", screen.tone(tones[provider.name], provider.says))]),
    row("breaker", screen.tone(breaker === "closed" ? "good" : "warn", breaker)),
    row("requests", `${count(wire.exchanges.length)} sent, ${wire.inFlight()} on the wire, ${wire.throttled()} × 429`),
    row(
      "orders",
      `${count(book.taken.length)} taken, ${inCall(watched)} in a call, ${count(book.waiting)} to be placed again`
    )
  ]
}

/** The titles of the plain lines. */
export const header = "  run         time  settled  waiting    sent    429  circuit    provider"

const line = (watched: Watched): string => {
  const { book, day, name, till, wire } = watched
  const elapsed = performance.now() - book.startedAt
  return (
    `  ${name.padEnd(10)}${seconds(elapsed).padStart(6)}` +
    `${count(book.charged + book.declined).padStart(9)}` +
    `${count(inCall(watched) + book.waiting).padStart(9)}` +
    `${count(wire.exchanges.length).padStart(8)}` +
    `${count(wire.throttled()).padStart(7)}` +
    `  ${till.breaker().padEnd(9)}  ${day === undefined ? "not known" : BadDay.weatherAt(day, elapsed).name}`
  )
}

/** Orders that wait inside a call: for an answer, a limiter, a permit or the next attempt. */
const inCall = ({ book }: Watched): number => book.taken.length - book.charged - book.declined - book.waiting

const tones: Readonly<Record<BadDay.Weather["name"], Tone>> = {
  well: "good",
  outage: "bad",
  overloaded: "warn",
  slow: "warn",
  flaky: "warn"
}

const seconds = (millis: number): string => `${(millis / 1_000).toFixed(1)} s`

const bar = (share: number): string => {
  const full = Math.round(Math.min(1, share) * 30)
  return "━".repeat(full) + "─".repeat(30 - full)
}
