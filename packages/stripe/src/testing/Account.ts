/**
 * The objects of one fake account, in memory, in the order in which they were made.
 *
 * It knows nothing of rules: endpoints decide, then put here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Customer } from "./Customer.ts"
import type { PaymentIntent } from "./PaymentIntent.ts"
import type { Refund } from "./Refund.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Collection<A extends { readonly id: string }> {
  readonly get: (id: string) => A | undefined
  /** A known identifier keeps its place. */
  readonly put: (resource: A) => void
  /** Newest first. */
  readonly newestFirst: () => ReadonlyArray<A>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Account {
  readonly paymentIntents: Collection<PaymentIntent>
  readonly refunds: Collection<Refund>
  readonly customers: Collection<Customer>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Account => ({
  paymentIntents: collection(),
  refunds: collection(),
  customers: collection()
})

const collection = <A extends { readonly id: string }>(): Collection<A> => {
  const byId = new Map<string, A>()
  return {
    get: (id) => byId.get(id),
    put: (resource) => {
      byId.set(resource.id, resource)
    },
    newestFirst: () => [...byId.values()].reverse()
  }
}
