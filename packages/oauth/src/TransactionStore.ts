/**
 * The port of the place that knows which transactions are over: each may be completed once.
 *
 * Neighbours: `MemoryTransactionStore` is for one process; several need a store that sets a key if it is absent.
 *
 * @source RFC 9700, section 4.2.4: state is used once
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * @category failures
 * @since 0.1.0
 */
export class TransactionStoreFailure extends Schema.TaggedError<TransactionStoreFailure>()("TransactionStoreFailure", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The transaction store did not answer: ${this.detail}`
  }
}

/**
 * **Details**   `claim` is given a digest, from which nobody can tell the state. It says `first` once, and `again` to
 * everybody after that for `keptMillis`; a transaction that is older is refused anyway.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransactionStore {
  readonly claim: (digest: string, keptMillis: number) => Effect.Effect<"first" | "again", TransactionStoreFailure>
}

/**
 * @category services
 * @since 0.1.0
 */
export const TransactionStore: Context.Service<TransactionStore, TransactionStore> = Context.Service<TransactionStore>(
  "@surety/oauth/TransactionStore"
)
