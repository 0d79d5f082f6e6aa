/**
 * Finishes what a question to a shared grant left behind: commits tokens that a server gave while the store was down, and
 * notes a death that was told.
 *
 * Neighbours: `GrantFlight` begins both; `SharedGrant` ends both when its scope closes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { commit, type GrantHolder, nextOf, release } from "./GrantHolder.ts"
import { answered, elapsedMillis, type GrantLease, instant, pause } from "./GrantLease.ts"
import * as GrantPayload from "./GrantPayload.ts"
import * as GrantRule from "./GrantRule.ts"
import type { GrantRecord, GrantStoreFailure } from "./GrantStore.ts"
import * as GrantTrail from "./GrantTrail.ts"
import * as SharedRun from "./SharedRun.ts"

/** How long kept tokens are tried without being asked for; each later question begins again. */
const keepTryingMillis = 600_000

/**
 * Commits what is kept, whatever the store needs for it, for 10 minutes at most.
 *
 * @category running
 * @since 0.1.0
 */
export const keepTrying = (holder: GrantHolder): Effect.Effect<void> =>
  SharedRun.join(
    holder.settling,
    Effect.gen(function* () {
      const begun = yield* instant
      let delayMillis = 100
      while (holder.kept !== undefined && (yield* elapsedMillis(begun)) < keepTryingMillis) {
        const waitMillis = yield* Effect.catchCause(settleOnce(holder, holder.kept), () => Effect.succeed(delayMillis))
        if (holder.kept === undefined) return
        yield* pause(waitMillis)
        delayMillis = Math.min(delayMillis * 2, 5000)
      }
    })
  )

/**
 * Notes in the record that its death was told, and gives the lease back.
 *
 * @category running
 * @since 0.1.0
 */
export const noteTold = (holder: GrantHolder): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { told } = holder
    if (told === undefined) return Effect.void
    holder.told = undefined
    const noted: GrantRecord = { ...told.dead, version: told.dead.version + 1, announced: "yes" }
    return Effect.andThen(Effect.ignore(commit(holder, told.lease, told.dead, noted)), release(holder, told.lease))
  })

/**
 * The tokens are in the store, and may be used.
 *
 * @category running
 * @since 0.1.0
 */
export const onCommitted = (
  holder: GrantHolder,
  kept: GrantPayload.GrantPayload,
  purpose: string
): Effect.Effect<void> =>
  Effect.suspend(() => {
    holder.kept = undefined
    return Effect.andThen(GrantTrail.record(holder.trail, "refreshed", kept, purpose), holder.onStep("committed"))
  })

/** One attempt; how long to wait before the next. */
const settleOnce = (holder: GrantHolder, kept: GrantPayload.GrantPayload): Effect.Effect<number, GrantStoreFailure> =>
  Effect.gen(function* () {
    const { keptUnder } = holder
    if (keptUnder !== undefined && (yield* elapsedMillis(keptUnder.from)) < holder.leaseMillis) {
      const record = yield* answered("read", holder.store.read(holder.key))
      return yield* settleUnder(holder, kept, keptUnder, record)
    }
    const from = yield* instant
    const got = yield* answered("acquire", holder.store.acquire(holder.key, holder.leaseMillis))
    if (got._tag === "Held") return Math.min(holder.pollMillis, got.leftMillis)
    holder.keptUnder = { fence: got.fence, from }
    return yield* settleUnder(holder, kept, holder.keptUnder, got.record)
  })

const settleUnder = (
  holder: GrantHolder,
  kept: GrantPayload.GrantPayload,
  lease: GrantLease,
  record: GrantRecord | undefined
): Effect.Effect<number, GrantStoreFailure> =>
  Effect.gen(function* () {
    const payload = record === undefined ? undefined : GrantPayload.decode(record)
    const verdict = GrantRule.settle(kept, record, payload)
    if (record !== undefined && verdict === "Commit") {
      const done = yield* commit(holder, lease, record, nextOf(record, "live", kept))
      if (done === "fenced") holder.keptUnder = undefined
      if (done !== "committed") return holder.pollMillis
    }
    holder.keptUnder = undefined
    if (verdict === "Drop") holder.kept = undefined
    else yield* onCommitted(holder, kept, "refresh")
    yield* release(holder, lease)
    return 0
  })
