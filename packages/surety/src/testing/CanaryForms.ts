/**
 * The forms in which a secret can stand in a text, and the search for them: pure, and for every runtime.
 *
 * Neighbours: `Canary` collects the texts; `CanaryWalk` finds them in values.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Sink } from "./CanarySinks.ts"

/**
 * How a secret was written where it was found.
 *
 * **Details**   `plain`: as it is. `percent`, `json-escaped`: plain, under one or two layers of that encoding, in upper
 * or lower case. `base64`, `base64url`: alone or inside of something longer, as `Basic` writes a password after its
 * user. `hex`: with or without spaces. `bytes`: decimal numbers, as JSON writes a buffer. `part`: the user or the
 * password of `user:password`, or one line of several. `fragment`: twelve characters or more in a row of a secret of 24
 * or more, as the messages of a parser quote them.
 *
 * @category models
 * @since 0.1.0
 */
export type Form = (typeof forms)[number]

/**
 * Every form, the most telling first.
 *
 * @category constants
 * @since 0.1.0
 */
export const forms = [
  "plain",
  "json-escaped",
  "percent",
  "base64",
  "base64url",
  "hex",
  "bytes",
  "part",
  "fragment"
] as const

/**
 * A text that a sink received. `where` says which of its texts it was.
 *
 * @category models
 * @since 0.1.0
 */
export interface Piece {
  readonly sink: Sink
  readonly where: string
  readonly text: string
}

/**
 * One writing of one secret. `secret` is its position, from 0.
 *
 * @category models
 * @since 0.1.0
 */
export interface Needle {
  readonly secret: number
  readonly form: Form
  readonly text: string
  readonly caseless: "yes" | "no"
}

/**
 * A text with a secret in it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hit {
  readonly piece: Piece
  readonly secret: number
  readonly form: Form
}

// a part, and a secret, of fewer characters stands in other texts by chance
const shortest = 8

const fragmentLength = 12
const fragmentStride = 4
const longEnoughForFragments = 24
const mostFragments = 256

/**
 * All writings of the secrets.
 *
 * **Failures**   `RangeError` for a secret of fewer than 8 characters, and for no secret at all: nothing would be
 * searched for.
 *
 * @category constructors
 * @since 0.1.0
 */
export const needles = (secrets: ReadonlyArray<string>): ReadonlyArray<Needle> => {
  if (secrets.length === 0) throw new RangeError("Canary: name at least one secret to search for")
  return secrets.flatMap((secret, at) => {
    if (secret.length < shortest) {
      throw new RangeError(
        `Canary: secret ${at + 1} has ${secret.length} characters; ${shortest} or more are searched for`
      )
    }
    const found = new Map<string, Needle>()
    const add = (form: Form, text: string, caseless: Needle["caseless"] = "no"): void => {
      if (!found.has(text)) found.set(text, { secret: at, form, text, caseless })
    }
    add("plain", secret)
    if (secret.includes(" ")) add("percent", secret.replaceAll(" ", "+"))
    addEncoded(secret, add)
    for (const part of partsOf(secret)) {
      add("part", part)
      addEncoded(part, add)
    }
    for (const fragment of fragmentsOf(secret)) add("fragment", fragment)
    return [...found.values()]
  })
}

/**
 * Where the secrets stand in these texts: at most one hit for a secret in a piece, in its most telling form.
 *
 * @category rules
 * @since 0.1.0
 */
export const search = (pieces: ReadonlyArray<Piece>, wanted: ReadonlyArray<Needle>): ReadonlyArray<Hit> => {
  const found = new Map<Piece, Map<number, Form>>()
  const note = (piece: Piece, secret: number, form: Form): void => {
    const known = found.get(piece) ?? new Map<number, Form>()
    const last = known.get(secret)
    if (last === undefined || forms.indexOf(form) < forms.indexOf(last)) known.set(secret, form)
    found.set(piece, known)
  }
  scan(
    pieces,
    (piece) => piece.text,
    wanted,
    (piece, needle) => note(piece, needle.secret, needle.form)
  )
  for (const [label, path] of readings) {
    const read = new Map<Piece, string>()
    for (const piece of pieces) {
      const text = path.reduce<string | undefined>((left, step) => (left === undefined ? left : step(left)), piece.text)
      if (text !== undefined) read.set(piece, text)
    }
    scan(
      [...read.keys()],
      (piece) => read.get(piece) ?? "",
      wanted,
      (piece, needle) => note(piece, needle.secret, needle.form === "plain" ? label : needle.form)
    )
  }
  return [...found].flatMap(([piece, hits]) => [...hits].map(([secret, form]) => ({ piece, secret, form })))
}

/**
 * A name that can be told, or a word in its place when it holds a secret.
 *
 * @category conversions
 * @since 0.1.0
 */
export const masked = (name: string, wanted: ReadonlyArray<Needle>): string =>
  search([{ sink: "text", where: "", text: name }], wanted).length === 0 ? name : "(a name that holds the secret)"

/** One scan over all pieces joined is many times faster than one per piece. */
const scan = (
  pieces: ReadonlyArray<Piece>,
  textOf: (piece: Piece) => string,
  wanted: ReadonlyArray<Needle>,
  found: (piece: Piece, needle: Needle) => void
): void => {
  const ends: Array<number> = []
  const texts = pieces.map(textOf)
  let end = 0
  for (const text of texts) ends.push((end += text.length + 1))
  const whole = texts.join("\u0000")
  let folded: string | undefined
  for (const needle of wanted) {
    const hay = needle.caseless === "yes" ? (folded ??= fold(whole)) : whole
    for (let at = hay.indexOf(needle.text); at >= 0;) {
      const index = firstAbove(ends, at)
      const piece = pieces[index]
      if (piece === undefined) break
      found(piece, needle)
      at = hay.indexOf(needle.text, ends[index])
    }
  }
}

/** A few letters change their length with their case, and with it every position behind them. */
const fold = (text: string): string => {
  const folded = text.toLowerCase()
  return folded.length === text.length ? folded : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

const firstAbove = (ends: ReadonlyArray<number>, at: number): number => {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) > at) high = middle
    else low = middle + 1
  }
  return low
}

type Step = (text: string) => string | undefined

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "0": "\0" }

/** `undefined` where there is nothing to take away; a line break on its own hides nothing, and every stack has many. */
const unescaped: Step = (text) =>
  /\\[^n]/.test(text)
    ? text.replace(
        /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/g,
        (_, wide?: string, narrow?: string, one?: string) =>
          one === undefined ? String.fromCharCode(Number.parseInt(wide ?? narrow ?? "", 16)) : (escapes[one] ?? one)
      )
    : undefined

const decoder = new TextDecoder()

const unquoted: Step = (text) =>
  /%[0-9a-fA-F]{2}/.test(text)
    ? text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
        decoder.decode(Uint8Array.from(run.slice(1).split("%"), (pair) => Number.parseInt(pair, 16)))
      )
    : undefined

/** What a text may have gone through on its way, up to two layers. */
const readings: ReadonlyArray<readonly [Form, ReadonlyArray<Step>]> = [
  ["json-escaped", [unescaped]],
  ["percent", [unquoted]],
  ["json-escaped", [unescaped, unescaped]],
  ["percent", [unescaped, unquoted]],
  ["json-escaped", [unquoted, unescaped]],
  ["percent", [unquoted, unquoted]]
]

const encoder = new TextEncoder()

const addEncoded = (secret: string, add: (form: Form, text: string, caseless?: Needle["caseless"]) => void): void => {
  const bytes = encoder.encode(secret)
  for (const offset of [0, 1, 2]) {
    const text = base64At(bytes, offset)
    add("base64", text)
    const url = text.replaceAll("+", "-").replaceAll("/", "_")
    if (url !== text) add("base64url", url)
  }
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
  for (const between of ["", " ", ":"]) add("hex", pairs.join(between), "yes")
  for (const between of [",", ", "]) add("bytes", Array.from(bytes, String).join(between))
}

/** What base64 makes of these bytes wherever they begin, without the characters that their neighbours have a part in. */
const base64At = (bytes: Uint8Array, offset: number): string => {
  const text = btoa("\0".repeat(offset) + Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
  const whole = text.replace(/=+$/, "")
  return whole.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1)
}

const partsOf = (secret: string): ReadonlyArray<string> => {
  const colon = secret.indexOf(":")
  const pair = colon < 0 ? [] : [secret.slice(0, colon), secret.slice(colon + 1)]
  const lines = secret.split(/\r?\n/)
  return [...pair, ...(lines.length > 1 ? lines : [])].filter(
    (part) => part.length >= shortest && part !== secret && !part.startsWith("-----")
  )
}

const fragmentsOf = (secret: string): ReadonlyArray<string> => {
  if (secret.length < longEnoughForFragments) return []
  const found: Array<string> = []
  for (let at = 0; at + fragmentLength <= secret.length && found.length < mostFragments; at += fragmentStride) {
    const fragment = secret.slice(at, at + fragmentLength)
    if (!fragment.includes("-----")) found.push(fragment)
  }
  return found
}
