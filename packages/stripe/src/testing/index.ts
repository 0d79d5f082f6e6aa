/**
 * Stripe as a fake: an account in memory, what can go wrong inside it, and the ledger
 * that knows what was charged.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Account from "./Account.ts"
export * as ApiKey from "./ApiKey.ts"
export * as Card from "./Card.ts"
export * as FakeNetwork from "./FakeNetwork.ts"
export * as FakeStripe from "./FakeStripe.ts"
export * as Form from "./Form.ts"
export * as Ledger from "./Ledger.ts"
export * as Mishap from "./Mishap.ts"
