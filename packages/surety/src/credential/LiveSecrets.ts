/**
 * The secrets that this process holds right now, kept so that a text can be searched for all of them in one pass, and so
 * that nothing can be read back: of each form of a secret it has its length and two hashes under a random key, never
 * a character.
 *
 * A form is what a secret looks like once somebody has written it down: as it is, in base64 and base64url at each of the
 * three alignments, percent-encoded, form-encoded, JSON-escaped once and twice; the part after the colon of
 * `user:password`, and each line of a secret of several lines, have forms of their own.
 *
 * A search with one alternation of all forms would cost more with each secret, and would keep every secret in the
 * source of a `RegExp`, where no wiping reaches it.
 *
 * Neighbours: `Lifecycle` holds and releases; `SecretNet` and `Auditor` scrub.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"

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
/** One bit for the low 15 bits of each head, so that most positions of a text ask no `Map`. */
const heads = new Uint8Array(4096)
let longest = 0
let generation = 0

const odd = (): number => crypto.getRandomValues(new Int32Array(1))[0]! | 1
let base = 0
let leaving = 0
let otherBase = 0

const prepare = (): void => {
  base = odd()
  otherBase = odd()
  leaving = 1
  for (let i = 0; i < shortest; i++) leaving = Math.imul(leaving, base)
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
  if (base === 0) prepare()
  const added: Array<Form> = []
  for (const text of formsOf(value)) added.push(add(text))
  held.set(secret, { forms: added, holders: 1 })
  count()
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
  count()
}

/**
 * A number that changes with the set of secrets, for those who keep what they scrubbed.
 *
 * @category running
 * @since 0.1.0
 */
export const generationOf = (): number => generation

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
 * **Details**   One pass whatever the number of secrets, about 1 ns per character; nothing when none is held.
 *
 * @category running
 * @since 0.1.0
 */
export const scrub = (text: string): string => {
  if (longest === 0 || text.length < shortest) return text
  let hash = headOf(text, 0)
  let clean = ""
  let kept = 0
  for (let at = 0; ;) {
    const length = (heads[(hash >>> 3) & 4095]! & (1 << (hash & 7))) === 0 ? 0 : matched(text, at, hash)
    if (length > 0) {
      clean += text.slice(kept, at) + hidden
      at += length
      kept = at
      if (at + shortest > text.length) break
      hash = headOf(text, at)
      continue
    }
    if (at + shortest >= text.length) break
    hash = (Math.imul(hash, base) + text.charCodeAt(at + shortest) - Math.imul(text.charCodeAt(at), leaving)) | 0
    at++
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

const headOf = (text: string, at: number): number => {
  let hash = 0
  for (let i = at; i < at + shortest; i++) hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0
  return hash
}

/** Two independent hashes of 32 bits: another text passes for a secret once in 2^64. */
const firstOf = (text: string, at: number, length: number): number => {
  let hash = length
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), base)
  return hash
}

const secondOf = (text: string, at: number, length: number): number => {
  let hash = otherBase
  for (let i = at; i < at + length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), otherBase)
    hash ^= hash >>> 15
  }
  return hash
}

/** The length of the longest form that begins here, or 0. */
const matched = (text: string, at: number, hash: number): number => {
  const here = forms.get(hash)
  if (here === undefined) return 0
  for (const { first, length, second } of here) {
    if (at + length > text.length) continue
    if (firstOf(text, at, length) === first && secondOf(text, at, length) === second) return length
  }
  return 0
}

const add = (text: string): Form => {
  const head = headOf(text, 0)
  const { length } = text
  const first = firstOf(text, 0, length)
  const second = secondOf(text, 0, length)
  const here = forms.get(head) ?? []
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
  return form
}

const count = (): void => {
  generation++
  longest = 0
  heads.fill(0)
  for (const [head, here] of forms) {
    heads[(head >>> 3) & 4095]! |= 1 << (head & 7)
    longest = Math.max(longest, here[0]?.length ?? 0)
  }
}

const formsOf = (secret: string): ReadonlySet<string> => {
  const out = new Set<string>()
  const colon = secret.indexOf(":")
  const lines = secret.split(/\r?\n/)
  const values = [
    secret,
    ...(colon < 0 ? [] : [secret.slice(colon + 1)]),
    ...(lines.length < 2 ? [] : lines.filter((line) => line.length >= 16 && !line.startsWith("-----")))
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
  const form = new URLSearchParams({ "": value }).toString().slice(1)
  const escapes = (text: string) => [text, text.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())]
  return [
    value,
    escaped,
    escaped.replaceAll("/", "\\/"),
    JSON.stringify(escaped).slice(1, -1),
    ...escapes(percent),
    ...escapes(form),
    ...base64(new TextEncoder().encode(value))
  ]
}

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
