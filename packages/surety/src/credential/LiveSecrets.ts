/**
 * The secrets that this process holds right now, kept so that a text can be searched for all of them in one pass, and so
 * that nothing can be read back: of each form of a secret it has its length and two hashes under a random key, never
 * a character.
 *
 * A form is what a secret looks like once somebody has written it down: as it is, in base64 and base64url at each of the
 * three alignments, percent-encoded, form-encoded, in hexadecimal, JSON-escaped once and twice; the part
 * after the colon of `user:password` (before it, where the password is short), each line of a secret of several lines, and
 * each long member of one that is a JSON object, have forms of their own.
 *
 * One alternation of all forms would keep every secret in the source of a `RegExp`, where no wiping reaches it.
 *
 * Neighbours: `Lifecycle` holds and releases; `SecretNet` and `Auditor` scrub.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as SecretParts from "./SecretParts.ts"

/**
 * A form shorter than this is in too many other texts to be searched for.
 *
 * @category constants
 * @since 0.1.0
 */
export const shortest = 8

/**
 * What takes the place of a secret.
 *
 * @category constants
 * @since 0.1.0
 */
export const hidden = "<redacted>"

interface Form {
  readonly head: number
  readonly length: number
  readonly first: number
  readonly second: number
  holders: number
}

/** By the hash of their first 8 characters, longest first. */
const forms = new Map<number, Array<Form>>()
const held = new WeakMap<Redacted.Redacted<string>, { readonly forms: ReadonlyArray<Form>; holders: number }>()
/** One bit for the high 15 bits of each head, so that most positions of a text ask no `Map`. */
const heads = new Uint8Array(4096)
let longest = 0

/** Random numbers that the hashes are made with; they are drawn when the first secret is held. */
const noise = new Int32Array(256)
let firstBase = 0
let secondBase = 0

const draw = (): void => {
  crypto.getRandomValues(noise)
  firstBase = noise[0]! | 1
  secondBase = noise[1]! | 1
}

/**
 * Puts a secret into the net until it is released as often as it was held.
 *
 * **Details**   A secret under 8 characters is not held. One that was wiped is not either.
 *
 * **Example** (Held, then released)
 *
 * ```ts import.meta.vitest
 * import { Redacted } from "effect"
 * import * as LiveSecrets from "surety/credential/LiveSecrets"
 *
 * const secret = Redacted.make("sk_live_51Habc")
 * LiveSecrets.hold(secret)
 * LiveSecrets.scrub("refused: sk_live_51Habc") // => "refused: <redacted>"
 * LiveSecrets.scrub(`refused: ${btoa("user:sk_live_51Habc")}`) // => "refused: dXNlcjp<redacted>"
 * LiveSecrets.release(secret)
 * LiveSecrets.scrub("refused: sk_live_51Habc") // => "refused: sk_live_51Habc"
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const hold = (secret: Redacted.Redacted<string>): void => {
  const known = held.get(secret)
  if (known !== undefined) {
    known.holders++
    return
  }
  let value: string
  try {
    value = Redacted.value(secret)
  } catch {
    return
  }
  if (firstBase === 0) draw()
  const added: Array<Form> = []
  for (const text of formsOf(value)) added.push(add(text))
  held.set(secret, { forms: added, holders: 1 })
}

/**
 * Takes a secret out of the net. It may have been wiped already.
 *
 * @category running
 * @since 0.1.0
 */
export const release = (secret: Redacted.Redacted<string>): void => {
  const known = held.get(secret)
  if (known === undefined || --known.holders > 0) return
  held.delete(secret)
  for (const form of known.forms) {
    if (--form.holders > 0) continue
    const left = (forms.get(form.head) ?? []).filter((one) => one !== form)
    if (left.length === 0) forms.delete(form.head)
    else forms.set(form.head, left)
  }
  recount()
}

/**
 * Holds a secret for as long as a scope is open: a client secret, a signing key.
 *
 * @category running
 * @since 0.1.0
 */
export const holdScoped = (secret: Redacted.Redacted<string>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => hold(secret)),
    () => Effect.sync(() => release(secret))
  )

/**
 * Holds a secret while an effect runs: a refresh token on its way, a client secret in a form. Without one, nothing is held.
 *
 * @category running
 * @since 0.1.0
 */
export const during = <A, E, R>(
  secret: Redacted.Redacted<string> | undefined,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  secret === undefined
    ? effect
    : Effect.acquireUseRelease(
        Effect.sync(() => hold(secret)),
        () => effect,
        () => Effect.sync(() => release(secret))
      )

/**
 * Whether any secret is held.
 *
 * @category running
 * @since 0.1.0
 */
export const isEmpty = (): boolean => forms.size === 0

/**
 * The text without any secret that is held now; the same text when there is none in it.
 *
 * **Details**   One pass whatever the number of secrets, about 2 ns per character; nothing when none is held.
 *
 * @category running
 * @since 0.1.0
 */
export const scrub = (text: string): string => {
  if (longest === 0 || text.length < shortest) return text
  let clean = ""
  let kept = 0
  let hash = 0
  let taken = 0
  for (let at = 0; at < text.length; at++) {
    // what was taken 8 characters ago has left the 32 bits
    hash = (hash << 4) ^ noise[text.charCodeAt(at) & 255]!
    if (++taken < shortest) continue
    if ((heads[hash >>> 20]! & (1 << ((hash >>> 17) & 7))) === 0) continue
    const from = at + 1 - shortest
    const length = matched(text, from, hash)
    if (length === 0) continue
    clean += text.slice(kept, from) + hidden
    kept = from + length
    at = kept - 1
    taken = 0
  }
  return kept === 0 ? text : clean + text.slice(kept)
}

/**
 * A text that comes in pieces.
 *
 * **Details**   `push` gives what is certain to be clean, and keeps what may be the beginning of a secret: at most the
 * length of the longest form. `end` gives the rest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pieces {
  readonly push: (piece: string) => string
  readonly end: () => string
}

/**
 * Scrubs a text that comes in pieces, wherever it is cut.
 *
 * **Example** (A secret in two pieces)
 *
 * ```ts import.meta.vitest
 * import { Redacted } from "effect"
 * import * as LiveSecrets from "surety/credential/LiveSecrets"
 *
 * const secret = Redacted.make("sk_live_51Habc")
 * LiveSecrets.hold(secret)
 * const pieces = LiveSecrets.pieces()
 * pieces.push("key sk_live") + pieces.push("_51Habc refused") + pieces.end() // => "key <redacted> refused"
 * LiveSecrets.release(secret)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const pieces = (): Pieces => {
  let rest = ""
  return {
    push: (piece) => {
      rest = scrub(rest + piece)
      const certain = rest.length - Math.max(0, longest - 1)
      if (certain <= 0) return ""
      const out = rest.slice(0, certain)
      rest = rest.slice(certain)
      return out
    },
    end: () => {
      const out = scrub(rest)
      rest = ""
      return out
    }
  }
}

const headOf = (text: string): number => {
  let hash = 0
  for (let i = 0; i < shortest; i++) hash = (hash << 4) ^ noise[text.charCodeAt(i) & 255]!
  return hash
}

/** Two independent hashes of 32 bits: another text passes for a secret once in 2^64. */
const firstOf = (text: string, at: number, length: number): number => {
  let hash = length
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), firstBase)
  return hash
}

const secondOf = (text: string, at: number, length: number): number => {
  let hash = secondBase
  for (let i = at; i < at + length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), secondBase)
    hash ^= hash >>> 15
  }
  return hash
}

/** The length of the longest form that begins here, or 0. */
const matched = (text: string, at: number, head: number): number => {
  let hashed = 0
  let one = 0
  let other = 0
  for (const { first, length, second } of forms.get(head) ?? none) {
    if (at + length > text.length) continue
    if (length !== hashed) {
      one = firstOf(text, at, length)
      other = secondOf(text, at, length)
      hashed = length
    }
    if (one === first && other === second) return length
  }
  return 0
}

const none: ReadonlyArray<Form> = []

const add = (text: string): Form => {
  const head = headOf(text)
  const { length } = text
  const first = firstOf(text, 0, length)
  const second = secondOf(text, 0, length)
  const here = forms.get(head) ?? none
  const known = here.find((one) => one.length === length && one.first === first && one.second === second)
  if (known !== undefined) {
    known.holders++
    return known
  }
  const form = { head, length, first, second, holders: 1 }
  forms.set(
    head,
    [...here, form].sort((a, b) => b.length - a.length)
  )
  mark(form)
  return form
}

const mark = ({ head, length }: Form): void => {
  heads[head >>> 20]! |= 1 << ((head >>> 17) & 7)
  if (length > longest) longest = length
}

const recount = (): void => {
  longest = 0
  heads.fill(0)
  for (const here of forms.values()) for (const form of here) mark(form)
}

const formsOf = (secret: string): ReadonlySet<string> => {
  const out = new Set<string>()
  const members = SecretParts.of(secret)
  const colon = members.length > 0 ? -1 : secret.indexOf(":")
  const values = [
    secret,
    ...members,
    // some providers take the key as the user, without a password
    ...(colon < 0
      ? []
      : [secret.slice(colon + 1).length < shortest ? secret.slice(0, colon) : secret.slice(colon + 1)]),
    ...[secret, ...members].flatMap((text) => {
      const lines = text.split(/\r?\n/)
      return lines.length < 2 ? [] : lines.filter((line) => line.length >= 16 && !line.startsWith("-----"))
    })
  ]
  for (const value of values) {
    if (value.length < shortest) continue
    for (const form of written(value)) if (form.length >= shortest) out.add(form)
  }
  return out
}

const written = (value: string): ReadonlyArray<string> => {
  const escaped = JSON.stringify(value).slice(1, -1)
  const percent = encodeURIComponent(value.toWellFormed())
  const inUrl = new URL(`https://host/?${value}`)
  return [
    value,
    escaped,
    escaped.replaceAll("/", "\\/"),
    JSON.stringify(escaped).slice(1, -1),
    ...[
      percent,
      // what RFC 3986 reserves besides, and what the address of a query does not leave as it is
      percent.replaceAll(/[!'()*]/g, byteOf),
      percent.replaceAll("'", byteOf),
      new URLSearchParams({ "": value }).toString().slice(1),
      inUrl.search.slice(1)
    ].flatMap((text) => [text, text.replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())]),
    ...hex(new TextEncoder().encode(value)),
    ...base64(new TextEncoder().encode(value))
  ]
}

const hex = (bytes: Uint8Array): ReadonlyArray<string> => {
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
  return [text.join(""), text.join("").toUpperCase(), text.join(" ")]
}

const byteOf = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** What a secret looks like inside the base64 of a longer text depends on where it begins, modulo 3. */
const base64 = (bytes: Uint8Array): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (let before = 0; before < 3; before++) {
    const padded = new Uint8Array(before + bytes.length)
    padded.set(bytes, before)
    const all = encode(padded)
    // characters that also hold bits of a neighbour are unknown, but in the text that ends here
    const from = [0, 2, 3][before] ?? 0
    const sure = Math.floor((padded.length * 4) / 3)
    const ended = all.replace(/=+$/, "")
    for (const text of [all.slice(from), ended.slice(from), all.slice(from, sure)]) {
      out.push(text, text.replaceAll("+", "-").replaceAll("/", "_"))
      // padded base64 in an address
      if (/[+/=]/.test(text)) out.push(encodeURIComponent(text))
    }
  }
  return out
}

const encode = (bytes: Uint8Array): string => {
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
