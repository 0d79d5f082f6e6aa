/**
 * Any value without the secrets that are held now: what a log line, a span or an error is made of.
 *
 * What has no secret in it is given back as it is, not copied. What has one is copied as far as the secret is deep. What
 * cannot be looked into is replaced by its text, and what cannot be checked at all by a word that says so.
 *
 * Neighbours: `LiveSecrets` knows the secrets; `SecretNet` stands before the sinks.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Formatter from "effect/Formatter"
import * as Redacted from "effect/Redacted"
import { quietly } from "../engine/Quietly.ts"
import * as LiveSecrets from "./LiveSecrets.ts"

/**
 * What stands for a value that was too large, too deep or too hostile to be checked.
 *
 * @category constants
 * @since 0.1.0
 */
export const unchecked = "<not checked for secrets>"

const circular = "<circular>"

/** Nobody reads a log line of more values than this. */
const most = 10_000

/**
 * The value without secrets.
 *
 * **Details**   Strings, arrays, plain objects, maps, sets, errors (message, stack, cause and every other field), causes, and
 * the lists behind `Headers` and `URLSearchParams`. Any other object is checked by its fields and by the text that a
 * logger would make of it. Getters are read, as a logger would. It never throws.
 *
 * **Example** (Only what held the secret is another object)
 *
 * ```ts import.meta.vitest
 * import { Redacted } from "effect"
 * import * as LiveSecrets from "surety/credential/LiveSecrets"
 * import * as ScrubbedValue from "surety/credential/ScrubbedValue"
 *
 * const secret = Redacted.make("sk_live_51Habc")
 * LiveSecrets.hold(secret)
 * const order = { id: 7 }
 * const seen = { order, sent: ["Bearer sk_live_51Habc"] }
 * ScrubbedValue.of(seen) // => { order: { id: 7 }, sent: ["Bearer <redacted>"] }
 * ScrubbedValue.of(seen).order === order // => true
 * LiveSecrets.release(secret)
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const of = <A>(value: A): A => {
  if (typeof value === "string") return LiveSecrets.scrub(value) as A & string
  if (value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")) {
    return value
  }
  // a value without its secrets has the shape that it had
  return LiveSecrets.isEmpty() ? value : (walked(value) as A)
}

/**
 * A cause without secrets; the same cause when it has none.
 *
 * @category running
 * @since 0.1.0
 */
export const cause = <E>(self: Cause.Cause<E>): Cause.Cause<E> =>
  self.reasons.length === 0 || LiveSecrets.isEmpty() ? self : (walked(self) as Cause.Cause<E>)

const walked = (value: unknown): unknown => {
  const walk = new Walk("kept")
  const clean = walk.run(value)
  // a copy must not lead back to what it is a copy of
  return clean === value || walk.cycles === 0 ? clean : new Walk("cut").run(value)
}

class Walk {
  cycles = 0
  private readonly cycle: "kept" | "cut"
  private left = most
  /** What was seen, and what became of it; `undefined` while it is being walked. */
  private readonly seen = new Map<object, unknown>()

  constructor(cycle: "kept" | "cut") {
    this.cycle = cycle
  }

  run(value: unknown): unknown {
    try {
      return this.value(value)
    } catch {
      return Cause.isCause(value) ? Cause.die(unchecked) : unchecked
    }
  }

  private value(value: unknown): unknown {
    if (typeof value === "string") return LiveSecrets.scrub(value)
    if (typeof value === "symbol") return this.text(value, String(value))
    if (value === null || typeof value !== "object") {
      return typeof value === "function" ? this.text(value, String(value)) : value
    }
    // prints nothing of itself
    if (Redacted.isRedacted(value) || ArrayBuffer.isView(value)) return value
    if (this.seen.has(value)) return this.seen.get(value) ?? this.again(value)
    if (this.left-- <= 0) return unchecked
    this.seen.set(value, undefined)
    const clean = this.object(value)
    this.seen.set(value, clean)
    return clean
  }

  private again(value: object): unknown {
    this.cycles++
    return this.cycle === "cut" ? circular : value
  }

  private object(value: object): unknown {
    if (Array.isArray(value)) return this.list(value)
    if (Cause.isCause(value)) return this.cause(value)
    if (value instanceof Error) return this.error(value)
    if (value instanceof Map) {
      const entries = [...value].flat()
      const clean = this.list(entries)
      return clean === entries ? value : new Map(clean.flatMap((one, i) => (i % 2 === 0 ? [[one, clean[i + 1]]] : [])))
    }
    if (value instanceof Set) {
      const members = [...value]
      const clean = this.list(members)
      return clean === members ? value : new Set(clean)
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.fields(value, Object.keys(value)) ?? value
    return this.instance(value)
  }

  private list(value: ReadonlyArray<unknown>): ReadonlyArray<unknown> {
    let clean: Array<unknown> | undefined
    for (let i = 0; i < value.length; i++) {
      const one = this.value(value[i])
      if (one !== value[i]) (clean ??= value.slice())[i] = one
    }
    return clean ?? value
  }

  /** A copy with clean fields, or `undefined` when they are clean already. */
  private fields(value: object, names: ReadonlyArray<PropertyKey>): object | undefined {
    const dirty: Array<readonly [PropertyKey, unknown]> = []
    for (const name of names) {
      const given = Reflect.get(value, name)
      const field = this.value(given)
      const label = typeof name === "string" ? LiveSecrets.scrub(name) : name
      if (field !== given || label !== name) dirty.push([name, field])
    }
    if (dirty.length === 0) return undefined
    const copy: object = Object.create(Object.getPrototypeOf(value))
    for (const name of Reflect.ownKeys(value)) {
      const found = dirty.find(([one]) => one === name)
      if (found === undefined) Object.defineProperty(copy, name, Object.getOwnPropertyDescriptor(value, name) ?? {})
      else define(copy, typeof name === "string" ? LiveSecrets.scrub(name) : name, found[1], value, name)
    }
    return copy
  }

  private cause(value: Cause.Cause<unknown>): unknown {
    const reasons = value.reasons.map((reason): Cause.Reason<unknown> => {
      if (reason._tag === "Interrupt") return reason
      const given = reason._tag === "Fail" ? reason.error : reason.defect
      const clean = this.value(given)
      if (clean === given) return reason
      return reason._tag === "Fail" ? Cause.makeFailReason(clean) : Cause.makeDieReason(clean)
    })
    return reasons.every((reason, i) => reason === value.reasons[i]) ? value : Cause.fromReasons(reasons)
  }

  private error(value: Error): unknown {
    const own = Reflect.ownKeys(value)
    const copy = this.fields(value, own)
    const message = String(value.message)
    const clean = LiveSecrets.scrub(message)
    const rendered = this.isCleanText(value)
    if (copy === undefined && clean === message && rendered) return value
    // a real error, so that everything that treats errors in a way of its own still does
    const error = quietly(() => new Error(clean))
    Object.setPrototypeOf(error, Object.getPrototypeOf(value))
    for (const name of Reflect.ownKeys(copy ?? value)) {
      if (name === "message") continue
      Object.defineProperty(error, name, Object.getOwnPropertyDescriptor(copy ?? value, name) ?? {})
    }
    if (typeof value.stack === "string") define(error, "stack", LiveSecrets.scrub(value.stack), value, "stack")
    // what is private to it is not in the copy, and may be what its text is made of
    return rendered || this.isCleanText(error) ? error : quietly(() => new Error(unchecked))
  }

  private instance(value: object): unknown {
    const lists = listsOf(value)
    const members = lists === undefined ? undefined : this.list(lists)
    if (members !== lists) return members
    const copy = this.fields(value, Object.keys(value))
    if (copy === undefined && this.isCleanText(value)) return value
    if (copy !== undefined && this.isCleanText(copy)) return copy
    return LiveSecrets.scrub(textOf(value))
  }

  private isCleanText(value: object): boolean {
    const text = textOf(value)
    return LiveSecrets.scrub(text) === text
  }

  private text(value: unknown, text: string): unknown {
    const clean = LiveSecrets.scrub(text)
    return clean === text ? value : clean
  }
}

/** What a logger would write. */
const textOf = (value: object): string => `${Formatter.format(value)} ${String(value)}`

/** What `util.inspect` shows of objects of the platform, and their fields do not. */
const listsOf = (value: object): ReadonlyArray<unknown> | undefined => {
  for (const name of ["Headers", "URLSearchParams", "FormData"]) {
    const type: unknown = Reflect.get(globalThis, name)
    if (typeof type === "function" && value instanceof type) return [...(value as Iterable<unknown>)]
  }
  const { headers, url } = value as { readonly headers?: unknown; readonly url?: unknown }
  for (const name of ["Request", "Response"]) {
    const type: unknown = Reflect.get(globalThis, name)
    if (typeof type === "function" && value instanceof type) return [url, headers]
  }
  return undefined
}

const define = (on: object, name: PropertyKey, value: unknown, like: object, likeName: PropertyKey): void => {
  const enumerable = Object.getOwnPropertyDescriptor(like, likeName)?.enumerable ?? false
  Object.defineProperty(on, name, { value, enumerable, configurable: true, writable: true })
}
