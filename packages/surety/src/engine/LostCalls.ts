/**
 * The mutations of one operation whose outcome this process does not know: each until a call under the same key settles it,
 * until somebody says that he knows (`Control.settle`), or until the provider has forgotten the key, for a call without
 * one until a day has passed.
 *
 * Of this process only: what another process settles, and what a person settles at the provider, is not seen here. An
 * operation that is idempotent by nature has none: sending it again is the answer.
 *
 * Neighbours: `Mutation` adds and forgets; `Control` is the lever, which leaves a line in the log; the gauges of `Signals` read.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ContractHash from "../signals/ContractHash.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Events } from "./Events.ts"
import type { Time } from "./Time.ts"

/** How long a call is remembered whose plan names no retention. */
const dayMillis = 86_400_000

/** Older ones are forgotten first: an outage must not fill the memory. */
const capacity = 10_000

/**
 * @category models
 * @since 0.1.0
 */
export class LostCalls {
  private readonly calls = new Map<unknown, { readonly at: number; readonly until: number }>()
  private readonly events: Events
  private readonly operation: string
  private readonly time: Time

  constructor(events: Events, operation: string, time: Time) {
    this.events = events
    this.operation = operation
    this.time = time
  }

  get size(): number {
    return this.calls.size
  }

  /** `until`: monotonic time at which the provider forgets the key; `Infinity` when it has none. */
  add(key: string | undefined, now: number, until: number): void {
    const name = key ?? {}
    const at = this.calls.get(name)?.at ?? now
    this.calls.set(name, { at, until: until === Infinity ? now + dayMillis : until })
    if (this.calls.size > capacity) this.calls.delete(this.calls.keys().next().value)
  }

  /** A later call under the key has settled it. */
  forget(key: string): void {
    this.calls.delete(key)
  }

  /** Somebody knows what became of the call under a key; how many that were. */
  settle(key: string): number {
    return this.told(this.calls.delete(key) ? 1 : 0, { [SignalName.keyHash]: ContractHash.ofText(`${key}`) })
  }

  /** Somebody knows what became of all of them; how many that were. */
  settleAll(): number {
    const { size } = this.calls
    this.calls.clear()
    return this.told(size)
  }

  count(now: number): number {
    for (const [key, { until }] of this.calls) if (until <= now) this.calls.delete(key)
    return this.calls.size
  }

  oldestMillis(now: number): number {
    this.count(now)
    // in the order in which they were lost
    const [oldest] = this.calls.values()
    return oldest === undefined ? 0 : now - oldest.at
  }

  private told(settled: number, key?: Readonly<Record<string, string>>): number {
    const attributes = () => ({ settled, ...key })
    this.events.say(
      { name: SignalName.outcomeSettled, level: "info", operation: this.operation, attributes },
      this.time.now()
    )
    return settled
  }
}
