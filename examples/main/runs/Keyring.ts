/** The idempotency keys of the orders: the order's own id, until the provider has spoilt it. */
import type { Order } from "../OrderService.ts"

export interface Keyring {
  /** the key, and when it was first used, in epoch milliseconds */
  readonly current: (order: Order) => { readonly key: string; readonly firstUsedAt: number }
  /** when the first key of the order was first used, in epoch seconds, with a minute for clocks that differ */
  readonly oldestSeconds: (order: Order) => number
  /** to be called only when it is certain that the order was not charged under its key */
  readonly renew: (order: Order) => void
}

export const make = (): Keyring => {
  const used = new Map<string, Array<number>>()
  const timesOf = (order: Order): Array<number> => {
    const known = used.get(order.id)
    if (known !== undefined) return known
    const times = [Date.now()]
    used.set(order.id, times)
    return times
  }
  return {
    current: (order) => {
      const times = timesOf(order)
      const key = times.length === 1 ? order.id : `${order.id}-${times.length}`
      return { key, firstUsedAt: times.at(-1) ?? Date.now() }
    },
    oldestSeconds: (order) => Math.floor((timesOf(order)[0] ?? Date.now()) / 1_000) - 60,
    renew: (order) => {
      timesOf(order).push(Date.now())
    }
  }
}
