/**
 * What the provider knows and no client can: how often each order was charged. Tests
 * and the demonstration ask the ledger, never the client, whether money moved once.
 *
 * A charge counts when money was received: an intent that succeeded, or an
 * authorization that was captured. Declines, authorizations and cancellations do not
 * count. A refund does not take a charge back: an order that was charged twice and
 * refunded once was charged twice.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Charge {
  readonly id: string
  readonly paymentIntent: string
  /** `metadata[order_id]` of the intent */
  readonly orderId: string | undefined
  /** in the currency's smallest unit */
  readonly amount: number
  readonly currency: string
  readonly atMillis: number
  /** the key of the request that moved the money */
  readonly idempotencyKey: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export type Verdict = "never" | "chargedOnce" | "doubled"

/**
 * @category models
 * @since 0.1.0
 */
export interface Tally {
  readonly never: number
  readonly chargedOnce: number
  readonly doubled: number
}

/**
 * **Details**   `tally` judges exactly the orders it is given, so that an order the
 * provider never heard of counts as `never`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ledger {
  readonly charges: ReadonlyArray<Charge>
  readonly chargesOf: (orderId: string) => ReadonlyArray<Charge>
  readonly verdict: (orderId: string) => Verdict
  readonly tally: (orderIds: Iterable<string>) => Tally
  /** Money given back, by payment intent. */
  readonly refunded: (paymentIntent: string) => number
}

/**
 * The side that only the fake writes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface LedgerWriter extends Ledger {
  readonly charge: (charge: Charge) => void
  readonly refund: (paymentIntent: string, amount: number) => void
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (): LedgerWriter => {
  const charges: Array<Charge> = []
  const byOrder = new Map<string, Array<Charge>>()
  const refunds = new Map<string, number>()
  const chargesOf = (orderId: string): ReadonlyArray<Charge> => byOrder.get(orderId) ?? []
  const verdict = (orderId: string): Verdict => decide(chargesOf(orderId).length)
  return {
    charges,
    chargesOf,
    verdict,
    tally: (orderIds) => {
      const tally = { never: 0, chargedOnce: 0, doubled: 0 }
      for (const orderId of orderIds) tally[verdict(orderId)]++
      return tally
    },
    refunded: (paymentIntent) => refunds.get(paymentIntent) ?? 0,
    charge: (charge) => {
      charges.push(charge)
      if (charge.orderId === undefined) return
      const known = byOrder.get(charge.orderId)
      if (known === undefined) byOrder.set(charge.orderId, [charge])
      else known.push(charge)
    },
    refund: (paymentIntent, amount) => {
      refunds.set(paymentIntent, (refunds.get(paymentIntent) ?? 0) + amount)
    }
  }
}

const decide = (times: number): Verdict => (times === 0 ? "never" : times === 1 ? "chargedOnce" : "doubled")
