/**
 * Everything that can be reached from a value by its properties, as error reporters and snapshot serializers reach it,
 * and further: symbols, properties that are not enumerable, getters of the value and of its prototypes, entries of maps
 * and sets, bytes of buffers, causes of errors. Runs on every runtime.
 *
 * It does not see what a language hides: closures, `#private` members, `Redacted` values, weak maps.
 *
 * Neighbours: `CanaryRender` writes the same values as texts; `CanaryForms` searches both.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A text, and the way to it from the value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Found {
  readonly path: string
  readonly text: string
}

/**
 * What a walk found. `objects`: how many there were on the way.
 *
 * @category models
 * @since 0.1.0
 */
export interface Walked {
  readonly texts: ReadonlyArray<Found>
  readonly objects: number
}

const most = 1_000_000

/**
 * All texts that can be reached.
 *
 * **Gotchas**   Getters are called. What one throws is walked too.
 *
 * **Failures**   `RangeError` for more than a million objects: a walk that stops half-way would say that all is well.
 *
 * @category getters
 * @since 0.1.0
 */
export const walk = (root: unknown, name: string): Walked => {
  const found: Array<Found> = []
  const seen = new Set<object>()
  const open: Array<readonly [value: unknown, path: string]> = [[root, name]]
  const push = (value: unknown, path: string): void => {
    if (typeof value === "string") {
      if (value.length > 0) found.push({ path, text: value })
    } else if ((typeof value === "object" && value !== null) || typeof value === "function") open.push([value, path])
    else if (typeof value === "symbol") push(value.description, path)
  }
  push(root, name)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, path] = next
    if (!isObject(value) || seen.has(value) || roots.has(value)) continue
    if (seen.size >= most) throw new RangeError(`Canary: more than ${most} objects can be reached from ${name}`)
    seen.add(value)
    const bytes = bytesOf(value)
    if (bytes !== undefined) {
      push(decoder.decode(bytes), `${path} (bytes)`)
      continue
    }
    for (const [key, item] of entriesOf(value)) {
      push(key, `${path} (key)`)
      push(item, `${path}[${typeof key === "string" ? key : "…"}]`)
    }
    for (let owner: object | null = value; owner !== null && !roots.has(owner); owner = Object.getPrototypeOf(owner)) {
      for (const key of Reflect.ownKeys(owner)) {
        if (key === "constructor" || key === "caller" || key === "arguments" || key === "__proto__") continue
        const at = `${path}.${String(key)}`
        push(typeof key === "string" && /^\d+$/.test(key) ? undefined : key, `${path} (key)`)
        const property = Reflect.getOwnPropertyDescriptor(owner, key)
        push(property?.get === undefined ? property?.value : got(property.get, value), at)
      }
    }
  }
  return { texts: found, objects: seen.size }
}

const decoder = new TextDecoder()

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

/** What belongs to the runtime and to nobody's value. The prototypes of the web's classes are walked: they have getters. */
const roots: ReadonlySet<unknown> = new Set<unknown>([
  globalThis,
  (globalThis as { readonly process?: unknown }).process,
  ...Reflect.ownKeys(globalThis).map((key): unknown => Reflect.getOwnPropertyDescriptor(globalThis, key)?.value),
  ...[Object, Function, Array, Map, Set, WeakMap, WeakSet, WeakRef, Promise, Date, RegExp, Iterator].map(
    (known): unknown => known.prototype
  )
])

const got = (getter: () => unknown, of: object): unknown => {
  try {
    const value: unknown = Reflect.apply(getter, of, [])
    // nobody else waits for it
    if (value instanceof Promise) value.catch(() => {})
    return value
  } catch (error) {
    return error
  }
}

const bytesOf = (value: object): Uint8Array | undefined => {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}

/** The parts of a value that no property shows. */
const entriesOf = (value: object): Iterable<readonly [unknown, unknown]> => {
  if (value instanceof Map || value instanceof URLSearchParams) return value.entries()
  if (value instanceof Headers || value instanceof FormData) return value.entries()
  if (value instanceof Set) return Array.from(value, (item, at) => [String(at), item] as const)
  if (value instanceof URL) return [["href", value.href]]
  return []
}
