/**
 * What one process holds of a shared grant between two questions, and what it writes about it.
 *
 * Neighbours: `GrantFlight` answers one question with it, `GrantKeeper` finishes what a question left.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { answered, type GrantLease } from "./GrantLease.ts"
import * as GrantPayload from "./GrantPayload.ts"
import type { Committed, GrantRecord, GrantStore, GrantStoreFailure } from "./GrantStore.ts"
import type * as GrantTrail from "./GrantTrail.ts"
import type * as SharedRun from "./SharedRun.ts"
import type { Refresh, ReuseProfile } from "./Tokens.ts"

/**
 * The moments at which a process may die. `sent` begins with the request and runs beside it; each other one comes after
 * what it names.
 *
 * @category models
 * @since 0.1.0
 */
export type Moment = "acquired" | "marked" | "sent" | "answered" | "committed" | "released"

/**
 * **Details**   `kept`: what a server gave and no store has yet; `keptUnder`: the lease that it was got under, which is not
 * given back before it is over, so that nobody sends the spent token. `refused`: the version whose refresh token the server
 * refused. `settling`: the run that commits what is kept. `told`: a death that the auditor was told of and that the record
 * does not say so of yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantHolder {
  readonly key: string
  readonly store: GrantStore
  readonly refresh: Refresh
  readonly profile: ReuseProfile
  readonly trail: GrantTrail.GrantTrail
  readonly leaseMillis: number
  readonly pollMillis: number
  readonly refreshTimeoutMillis: number
  readonly onStep: (moment: Moment) => Effect.Effect<void>
  kept: GrantPayload.GrantPayload | undefined
  keptUnder: GrantLease | undefined
  refused: string | undefined
  readonly settling: SharedRun.SharedRun<void, never>
  told: { readonly lease: GrantLease; readonly dead: GrantRecord } | undefined
}

/**
 * @category running
 * @since 0.1.0
 */
export const commit = (
  holder: GrantHolder,
  lease: GrantLease,
  record: GrantRecord,
  next: GrantRecord
): Effect.Effect<Committed, GrantStoreFailure> =>
  answered("commit", holder.store.commit(holder.key, lease.fence, record.version, next))

/**
 * Gives the lease back, unless something is still to be written under it.
 *
 * @category running
 * @since 0.1.0
 */
export const release = (holder: GrantHolder, lease: GrantLease): Effect.Effect<void> =>
  Effect.suspend(() =>
    holder.told?.lease === lease || holder.keptUnder === lease
      ? Effect.void
      : Effect.andThen(
          Effect.ignore(answered("release", holder.store.release(holder.key, lease.fence))),
          holder.onStep("released")
        )
  )

/**
 * The record that follows.
 *
 * @category rules
 * @since 0.1.0
 */
export const nextOf = (
  record: GrantRecord,
  state: GrantRecord["state"],
  payload: GrantPayload.GrantPayload,
  refreshStartedAtMillis?: number
): GrantRecord => ({
  version: record.version + 1,
  state,
  payload: GrantPayload.encode(payload),
  refreshStartedAtMillis,
  announced: "no"
})
