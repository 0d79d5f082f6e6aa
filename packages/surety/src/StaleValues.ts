/**
 * The last good results of one operation, for the `stale` fallback and conditional reads.
 * Bounded; the least recently used goes first. A request that holds a secret, bytes, a map or
 * a set has no key and nothing is kept for it.
 *
 * Neighbours: `Degradation.stale` makes it; the engine fills and asks it. Now comes in as a value.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"

/**
 * @category models
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
    if (key === undefined) return
    this.kept.delete(key)
    this.kept.set(key, { value, at: now })
    if (this.kept.size > this.capacity) {
      const oldest = this.kept.keys().next()
      if (!oldest.done) this.kept.delete(oldest.value)
    }
  }

  get(request: unknown, now: number): { readonly value: unknown; readonly ageMillis: number } | undefined {
    const key = keyOf(request)
    const found = key === undefined ? undefined : this.kept.get(key)
    if (key === undefined || found === undefined) return undefined
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

/** Two requests have one key only when they are the same; a request that JSON cannot tell apart has none. */
const keyOf = (request: unknown): string | undefined => {
  try {
    return JSON.stringify(request, exact) ?? "undefined"
  } catch {
    return undefined
  }
}

function exact(this: unknown, key: string, value: unknown): unknown {
  // a `toJSON` has run already: what it ran on is still in the holder
  const original = (this as Readonly<Record<string, unknown>>)[key]
  if (typeof original === "bigint") return `${original}n`
  if (typeof original === "number" && !Number.isFinite(original)) return String(original)
  if (typeof original === "function" || typeof original === "symbol") throw new TypeError("no key")
  if (typeof original !== "object" || original === null) return value
  if (Redacted.isRedacted(original) || original instanceof Map || original instanceof Set) throw new TypeError("no key")
  // what keeps its state where JSON does not look (`URLSearchParams`, `RegExp`) is like every other of its kind
  if (value === original && !Array.isArray(original) && !isPlain(original) && Object.keys(original).length === 0) {
    throw new TypeError("no key")
  }
  if (ArrayBuffer.isView(original) || original instanceof ArrayBuffer) throw new TypeError("no key")
  return value
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
