/**
 * The last good results of one operation, for the `stale` fallback and conditional reads.
 * Bounded; the least recently used goes first.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 */
export class StaleValues {
  private readonly kept = new Map<string, { readonly value: unknown; readonly at: number }>()
  readonly maxAgeMillis: number
  private readonly capacity: number

  constructor(maxAgeMillis: number, capacity: number) {
    this.maxAgeMillis = maxAgeMillis
    this.capacity = capacity
  }

  put(request: unknown, value: unknown, now: number): void {
    const key = keyOf(request)
    this.kept.delete(key)
    this.kept.set(key, { value, at: now })
    if (this.kept.size > this.capacity) {
      const oldest = this.kept.keys().next()
      if (!oldest.done) this.kept.delete(oldest.value)
    }
  }

  get(request: unknown, now: number): { readonly value: unknown; readonly ageMillis: number } | undefined {
    const key = keyOf(request)
    const found = this.kept.get(key)
    if (found === undefined) return undefined
    const ageMillis = now - found.at
    if (ageMillis > this.maxAgeMillis) {
      this.kept.delete(key)
      return undefined
    }
    this.kept.delete(key)
    this.kept.set(key, found)
    return { value: found.value, ageMillis }
  }
}

const keyOf = (request: unknown): string => JSON.stringify(request) ?? "undefined"
