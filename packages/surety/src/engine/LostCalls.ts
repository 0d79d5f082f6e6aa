/**
 * The mutations of one operation whose outcome this process does not know: each until a call under the same key settles it,
 * until somebody says that he knows (`Control.settle`), or until the provider has forgotten the key, for a call without
 * one until a day has passed.
 *
 * Of this process only: what another process settles, and what a person settles at the provider, is not seen here. An
 * operation that is idempotent by nature has none: sending it again is the answer.
 *
 * Neighbours: `Conclude` adds and settles; `Control` is the lever; the gauges of `Signals` read.
 *
 * @stability experimental
 * @since 0.1.0
 */

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

  /** The call under a key; how many that were. */
  settle(key: string): number {
    return this.calls.delete(key) ? 1 : 0
  }

  /** All of them; how many that were. */
  settleAll(): number {
    const { size } = this.calls
    this.calls.clear()
    return size
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
}
