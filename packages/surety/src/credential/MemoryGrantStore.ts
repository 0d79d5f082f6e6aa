/**
 * A grant store in memory: for tests, and for a program of one process that can do without its grants after a restart.
 *
 * Neighbours: `GrantStore` is the port; `durable/RedisGrantStore` and `@surety/sql` keep grants for several processes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Committed, type GrantRecord, GrantStore } from "./GrantStore.ts"

/**
 * **Details**   Leases end by the monotonic clock of the fiber that asks.
 *
 * **Gotchas**   A refresh token that rotates does not survive the process here.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<GrantStore> = Effect.sync((): GrantStore => {
  const slots = new Map<string, Slot>()
  const slotOf = (key: string): Slot => {
    const known = slots.get(key)
    if (known !== undefined) return known
    const slot: Slot = { record: undefined, fence: 0, leaseEndsAtMillis: 0 }
    slots.set(key, slot)
    return slot
  }
  return {
    read: (key) => Effect.sync(() => slots.get(key)?.record),
    acquire: (key, leaseMillis) =>
      Effect.map(monotonicMillis, (now) => {
        const slot = slotOf(key)
        const leftMillis = slot.leaseEndsAtMillis - now
        if (leftMillis > 0) return { _tag: "Held", leftMillis, record: slot.record }
        slot.fence += 1
        slot.leaseEndsAtMillis = now + leaseMillis
        return { _tag: "Acquired", fence: slot.fence, record: slot.record }
      }),
    commit: (key, fence, expected, next) =>
      Effect.map(monotonicMillis, (now): Committed => {
        const slot = slotOf(key)
        if (slot.fence !== fence || slot.leaseEndsAtMillis <= now) return "fenced"
        if ((slot.record?.version ?? 0) !== expected) return "conflict"
        slot.record = next
        return "committed"
      }),
    release: (key, fence) =>
      Effect.sync(() => {
        const slot = slotOf(key)
        if (slot.fence === fence) slot.leaseEndsAtMillis = 0
      }),
    put: (key, payload) =>
      Effect.sync(() => {
        const slot = slotOf(key)
        const version = (slot.record?.version ?? 0) + 1
        slot.record = { version, state: "live", payload, refreshStartedAtMillis: undefined, announced: "no" }
        slot.leaseEndsAtMillis = 0
        return version
      })
  }
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<GrantStore> = Layer.effect(GrantStore, make)

interface Slot {
  record: GrantRecord | undefined
  fence: number
  leaseEndsAtMillis: number
}

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)
