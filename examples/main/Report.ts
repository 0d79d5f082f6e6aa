/** The end: one table for people, one object for programs. */
import type { Figures, FromLedger } from "./Figures.ts"
import type { Tracked } from "./OrderService.ts"
import { count, duration, type Screen } from "./Screen.ts"

interface Row {
  readonly label: string
  readonly value: (of: Figures) => string
  /** whether anything but 0 is bad news */
  readonly isFault?: "yes"
}

const decimal = (value: number): string => value.toFixed(2)

const sawOutage = (of: Figures): boolean => of.requestsPerOrderInOutage > 0 || of.recoveryMillis > 0

const top: ReadonlyArray<Row> = [{ label: "orders", value: (of) => count(of.orders) }]

const money: ReadonlyArray<Row> = [
  { label: "charged exactly once", value: (of) => count(of.chargedOnce ?? 0) },
  { label: "doubled", value: (of) => count(of.doubled ?? 0), isFault: "yes" },
  { label: "lost", value: (of) => count(of.lost ?? 0), isFault: "yes" }
]

const rest: ReadonlyArray<Row> = [
  { label: "outcome unknown for a time", value: (of) => count(of.unknown) },
  { label: "  of these reconciled", value: (of) => count(of.reconciled) },
  { label: "requests per order", value: (of) => decimal(of.requestsPerOrder) },
  { label: "  in the outage", value: (of) => (sawOutage(of) ? decimal(of.requestsPerOrderInOutage) : "–") },
  { label: "429 answers", value: (of) => count(of.throttled) },
  { label: "order to charge, p50", value: (of) => duration(of.p50Millis) },
  { label: "order to charge, p99", value: (of) => duration(of.p99Millis) },
  { label: "recovered after the outage in", value: (of) => (sawOutage(of) ? duration(of.recoveryMillis) : "–") }
]

const hasLedger = (runs: ReadonlyArray<Figures>): runs is ReadonlyArray<Figures & FromLedger> =>
  runs.every((run) => run.doubled !== undefined)

/** At most 78 columns. */
export const table = (screen: Screen, runs: ReadonlyArray<Figures>): ReadonlyArray<string> => {
  const rows = [...top, ...(hasLedger(runs) ? money : []), ...rest]
  const rule = `  ${"─".repeat(32 + 12 * runs.length)}`
  return [
    `  ${" ".repeat(32)}${runs.map(({ name }) => screen.tone("strong", name.padStart(12))).join("")}`,
    screen.tone("quiet", rule),
    ...rows.map(({ isFault, label, value }) => {
      const cells = runs.map((run) => {
        const text = value(run)
        const cell = text.padStart(12)
        return isFault === undefined ? cell : screen.tone(text === "0" ? "good" : "bad", cell)
      })
      return `  ${label.padEnd(32)}${cells.join("")}`
    }),
    screen.tone("quiet", rule)
  ]
}

/** What the numbers mean, for readers who were not there. At most 78 columns. */
export const notes = (
  runs: ReadonlyArray<Figures>,
  given: { readonly seed: number; readonly peersSentKeys: boolean; readonly day: "known" | "unknown" }
): ReadonlyArray<string> => {
  const some = (lines: ReadonlyArray<string>, when: boolean): ReadonlyArray<string> =>
    when ? lines.map((line) => `  ${line}`) : []
  return [
    ...(hasLedger(runs) ? runs.map((run) => `  ${verdict(run)}`) : []),
    "",
    ...some(["Charged, doubled and lost are read from the provider's own ledger."], given.day === "known"),
    ...some(
      [
        "Whether an order was charged once, only the provider's ledger knows: ask it.",
        "The outage is what was seen of it: 5xx and nothing else for half a second."
      ],
      given.day === "unknown"
    ),
    ...some(
      [
        given.peersSentKeys
          ? "All sent an idempotency key per order; for effect and cockatiel by hand."
          : "effect and cockatiel send no idempotency key unless the caller adds one:",
        ...(given.peersSentKeys ? [] : ["with --peer-keys they do."])
      ],
      runs.some(({ name }) => name !== "surety")
    ),
    ...some([`The same day again: npm start -- --seed ${given.seed}`], given.day === "known")
  ]
}

const verdict = ({ doubled, lost, name }: Figures & FromLedger): string => {
  const faults = [
    ...(doubled > 0 ? [`charged ${count(doubled)} orders more than once`] : []),
    ...(lost > 0 ? [`lost ${count(lost)}`] : [])
  ]
  return `${name} ${faults.length === 0 ? "charged every order exactly once" : faults.join(" and ")}.`
}

/** Orders that were not charged, and the last reason most of them were given. */
export const unsettled = (orders: ReadonlyArray<Tracked>): ReadonlyArray<string> => {
  const open = orders.filter(({ lastWord }) => lastWord !== "charged")
  if (open.length === 0) return []
  const reasons = new Map<string, number>()
  for (const { why } of open) reasons.set(why, (reasons.get(why) ?? 0) + 1)
  const [why] = [...reasons].sort((a, b) => b[1] - a[1])[0] ?? ["an answer never came"]
  return [`  ${count(open.length)} orders were not charged. Most often: ${why === "" ? "no answer came" : why}`]
}

/** Whether Surety kept its word. Without a ledger that is: every order was charged, as far as it knows. */
export const isKept = (run: Figures, orders: ReadonlyArray<Tracked>): boolean =>
  run.name !== "surety" ||
  ((run.doubled ?? 0) === 0 &&
    (run.lost ?? 0) === 0 &&
    orders.length === run.orders &&
    orders.every(({ lastWord }) => lastWord === "charged"))

export const json = (seed: number, runs: ReadonlyArray<Figures>): string => JSON.stringify({ seed, runs })
