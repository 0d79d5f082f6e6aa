/**
 * What a run comes to, in numbers. Pure.
 *
 * Whether an order was charged once, twice or never is read from the provider's ledger, never from the client; what
 * was sent is read from the wire; only times and last words are the order service's own.
 */
import type { Span } from "./BadDay.ts"
import type { RunName } from "./Flags.ts"
import type { Tracked } from "./OrderService.ts"
import type { Exchange } from "./Wire.ts"

/** The JSON of one run. */
export interface Figures extends Partial<FromLedger> {
  readonly name: RunName
  readonly orders: number
  /** orders for which an answer never came, so that nobody on this side knew whether they were charged */
  readonly unknown: number
  /** those of them whose outcome the order service learned by asking again under the same key */
  readonly reconciled: number
  /** requests on the wire, retries and repeated placements included */
  readonly requestsPerOrder: number
  /** requests sent in the outage, per order that was waiting for its charge in it */
  readonly requestsPerOrderInOutage: number
  /** answers with status 429 */
  readonly throttled: number
  /** from the arrival of an order to its charge; an order that still waits has waited until the end */
  readonly p50Millis: number
  readonly p99Millis: number
  /** from the end of the outage until 99 of 100 orders that had waited in it were charged */
  readonly recoveryMillis: number
}

export interface FromLedger {
  readonly chargedOnce: number
  readonly doubled: number
  /** never charged, or charged although the order service says it was not */
  readonly lost: number
}

export interface Facts {
  readonly name: RunName
  readonly orders: ReadonlyArray<Tracked>
  readonly wanted: number
  readonly exchanges: ReadonlyArray<Exchange>
  /** whether a repeated request carries the key of the first */
  readonly keyed: boolean
  readonly outage: Span | undefined
  /** how often the provider charged each order; absent when the provider cannot be asked */
  readonly charges: ReadonlyMap<string, number> | undefined
  readonly endedAt: number
}

export const of = (given: Facts): Figures => {
  const exchanges = given.exchanges.filter(({ end }) => end !== "not sent")
  const facts = { ...given, exchanges }
  const { orders, outage, wanted } = facts
  const unsure = new Set(exchanges.flatMap((one) => (one.end === "lost" && one.orderId !== "" ? [one.orderId] : [])))
  const learned = orders.filter(({ lastWord, order }) => unsure.has(order.id) && lastWord === "charged")
  const durations = orders
    .filter(({ lastWord }) => lastWord !== "declined")
    .map((one) => (one.settledAt ?? facts.endedAt) - one.arrivedAt)
    .sort((a, b) => a - b)
  return {
    name: facts.name,
    orders: wanted,
    ...(facts.charges === undefined ? undefined : ledger(facts, facts.charges)),
    unknown: unsure.size,
    reconciled: facts.keyed ? learned.length : 0,
    requestsPerOrder: thousandths(exchanges.length / wanted),
    requestsPerOrderInOutage: outage === undefined ? 0 : thousandths(inOutage(facts, outage)),
    throttled: exchanges.filter(({ status }) => status === 429).length,
    p50Millis: Math.round(quantile(durations, 0.5)),
    p99Millis: Math.round(quantile(durations, 0.99)),
    recoveryMillis: outage === undefined ? 0 : Math.round(recovery(facts, outage))
  }
}

const ledger = ({ orders, wanted }: Facts, charges: ReadonlyMap<string, number>): FromLedger => {
  const times = orders.map(({ order }) => charges.get(order.id) ?? 0)
  const disagree = orders.filter(({ lastWord }, index) => (lastWord === "charged") !== (times[index] ?? 0) > 0)
  const never = orders.filter(({ lastWord }, index) => lastWord !== "charged" && times[index] === 0)
  return {
    chargedOnce: times.filter((count) => count === 1).length,
    doubled: times.filter((count) => count > 1).length,
    lost: disagree.length + never.length + (wanted - orders.length)
  }
}

const inOutage = ({ exchanges, orders }: Facts, outage: Span): number => {
  const sent = exchanges.filter(({ sentAt }) => sentAt >= outage.from && sentAt < outage.to).length
  const waiting = orders.filter((one) => one.arrivedAt < outage.to && (one.settledAt ?? Infinity) >= outage.from).length
  return waiting === 0 ? 0 : sent / waiting
}

const recovery = ({ endedAt, orders }: Facts, outage: Span): number => {
  const waited = orders.filter((one) => one.arrivedAt < outage.to && (one.settledAt ?? Infinity) >= outage.to)
  return quantile(
    waited.map((one) => (one.settledAt ?? endedAt) - outage.to).sort((a, b) => a - b),
    0.99
  )
}

const quantile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000
