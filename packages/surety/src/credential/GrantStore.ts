/**
 * The port of the place where a rotating grant lives that several processes share: one record per grant, changed by
 * compare-and-set, and a fenced lease that one process holds while it refreshes.
 *
 * A refresh token that rotates may be sent once. Two processes that send the same one end the whole grant; so does a
 * process that sends it, dies, and leaves no trace. The record therefore says that a refresh has begun before it is
 * sent, and holds its result before anybody uses it.
 *
 * Effect's `Persistence` lacks set-if-absent and compare-and-set.
 *
 * Neighbours: `SharedGrant` is the protocol over it; `MemoryGrantStore`, `RedisGrantStore` (durable) and
 * `@surety/sql` keep it; `testing/GrantStoreSuite` is the suite that each of them passes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * **Details**   `version` counts from 1 and grows with every committed change. `state`: `live`; `refreshing`: a refresh
 * token was, or is about to be, sent (`refreshStartedAtMillis`, wall clock); `dead`: only a person can renew it.
 * `payload`: the tokens, as one text that only its owner reads; stores keep it as it is, so seal it
 * (`SealedGrantStore`) wherever the store is not trusted. `announced`: the death was audited.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantRecord {
  readonly version: number
  readonly state: "live" | "refreshing" | "dead"
  readonly payload: Redacted.Redacted<string>
  readonly refreshStartedAtMillis: number | undefined
  readonly announced: "yes" | "no"
}

/**
 * The right to refresh: `fence` grows with each lease of a key, so that the store can tell a holder that slept too
 * long from the one that followed it. `leaseMillis` is what is left of it.
 *
 * @category models
 * @since 0.1.0
 */
export type Acquired =
  | { readonly _tag: "Acquired"; readonly fence: number; readonly record: GrantRecord | undefined }
  | { readonly _tag: "Held"; readonly leftMillis: number; readonly record: GrantRecord | undefined }

/**
 * What became of a compare-and-set: `committed`; `fenced`: the lease is somebody else's by now, or over; `conflict`:
 * the record has another version.
 *
 * @category models
 * @since 0.1.0
 */
export type Committed = "committed" | "fenced" | "conflict"

/**
 * The store did not answer, or not in time, or gave a record that nobody can read (`reason: "unreadable"`). Whether a
 * change that failed was made is not known.
 *
 * @category failures
 * @since 0.1.0
 */
export class GrantStoreFailure extends Schema.TaggedError<GrantStoreFailure>()("GrantStoreFailure", {
  operation: Schema.Literals(["read", "acquire", "commit", "release", "put"]),
  detail: Schema.String,
  reason: Schema.optional(Schema.Literals(["unavailable", "unreadable"]))
}) {
  override get message(): string {
    return `The grant store failed at ${this.operation}: ${this.detail}`
  }
}

/**
 * **Details**   `acquire` takes the lease for `leaseMillis` when nobody holds it, and reads the record in the same step.
 * `commit` writes `next` when `fence` still holds the lease and the record has the version `expected` (0: no record
 * yet). `release` ends the lease early, if `fence` still holds it. `put` is for a person's new grant: it replaces the
 * record whatever its state is, gives it the next version, and ends any lease. Leases end by the store's own clock.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantStore {
  readonly read: (key: string) => Effect.Effect<GrantRecord | undefined, GrantStoreFailure>
  readonly acquire: (key: string, leaseMillis: number) => Effect.Effect<Acquired, GrantStoreFailure>
  readonly commit: (
    key: string,
    fence: number,
    expected: number,
    next: GrantRecord
  ) => Effect.Effect<Committed, GrantStoreFailure>
  readonly release: (key: string, fence: number) => Effect.Effect<void, GrantStoreFailure>
  readonly put: (key: string, payload: Redacted.Redacted<string>) => Effect.Effect<number, GrantStoreFailure>
}

/**
 * @category services
 * @since 0.1.0
 */
export const GrantStore: Context.Service<GrantStore, GrantStore> =
  Context.Service<GrantStore>("surety/credential/GrantStore")
