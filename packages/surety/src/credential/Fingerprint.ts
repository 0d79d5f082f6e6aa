/**
 * The name of a secret that may be written down: the first 64 bits of HMAC-SHA-256 under a key that is kept in one
 * place. Equal secrets have equal fingerprints, and without the key nobody can test a guess.
 *
 * Effect 4.1 has `crypto/Mac`, which asks `crypto.subtle` and is therefore asynchronous; an audit event is written where
 * nobody may wait, so SHA-256 is here in TypeScript. It signs nothing: proofs on the wire are made by `crypto.subtle`.
 *
 * Neighbours: `Auditor` makes one; `Audit.fingerprint` is it.
 *
 * @source FIPS 180-4 (SHA-256), RFC 2104 (HMAC); test vectors of RFC 4231
 * @stability experimental
 * @since 0.1.0
 */

const blockBytes = 64

// prettier-ignore
const initial = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
)

/** The fractional parts of the cube roots of the first 64 primes. */
const constants = (): Int32Array => {
  const out = new Int32Array(64)
  let candidate = 2
  for (let at = 0; at < 64; candidate++) {
    let isPrime = true
    for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) isPrime = false
    if (isPrime) out[at++] = fraction(candidate)
  }
  return out
}

/** 32 bits of the fraction of a cube root, exact: an integer cube root of `prime * 2^96`. */
const fraction = (prime: number): number => {
  const target = BigInt(prime) << 96n
  let low = 0n
  let high = 1n << 36n
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle * middle * middle <= target) low = middle
    else high = middle
  }
  return Number(BigInt.asIntN(32, low))
}

let table: Int32Array | undefined
const words = new Int32Array(64)

const compress = (state: Int32Array, bytes: Uint8Array, from: number): void => {
  const k = (table ??= constants())
  for (let i = 0; i < 16; i++) {
    const at = from + i * 4
    words[i] = (byte(bytes, at) << 24) | (byte(bytes, at + 1) << 16) | (byte(bytes, at + 2) << 8) | byte(bytes, at + 3)
  }
  for (let i = 16; i < 64; i++) {
    const a = word(words, i - 15)
    const b = word(words, i - 2)
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)
    words[i] = (word(words, i - 16) + s0 + word(words, i - 7) + s1) | 0
  }
  let a = word(state, 0)
  let b = word(state, 1)
  let c = word(state, 2)
  let d = word(state, 3)
  let e = word(state, 4)
  let f = word(state, 5)
  let g = word(state, 6)
  let h = word(state, 7)
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + word(k, i) + word(words, i)) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = word(state, 0) + a
  state[1] = word(state, 1) + b
  state[2] = word(state, 2) + c
  state[3] = word(state, 3) + d
  state[4] = word(state, 4) + e
  state[5] = word(state, 5) + f
  state[6] = word(state, 6) + g
  state[7] = word(state, 7) + h
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
const word = (of: Int32Array, at: number): number => of[at] ?? 0
const turn = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** Ends a hash that has taken `taken` bytes already, a multiple of a block. */
const finish = (start: Int32Array, taken: number, message: Uint8Array): Uint8Array => {
  const state = start.slice()
  const whole = message.length - (message.length % blockBytes)
  for (let at = 0; at < whole; at += blockBytes) compress(state, message, at)
  const rest = message.length - whole
  const last = new Uint8Array(rest < 56 ? blockBytes : 2 * blockBytes)
  last.set(message.subarray(whole))
  last[rest] = 0x80
  const bits = (taken + message.length) * 8
  const view = new DataView(last.buffer)
  view.setUint32(last.length - 8, Math.floor(bits / 0x100000000))
  view.setUint32(last.length - 4, bits >>> 0)
  for (let at = 0; at < last.length; at += blockBytes) compress(state, last, at)
  const out = new Uint8Array(32)
  const written = new DataView(out.buffer)
  state.forEach((value, at) => written.setInt32(at * 4, value))
  return out
}

const sha256 = (message: Uint8Array): Uint8Array => finish(initial, 0, message)

/** The state after one block of the key, mixed with `pad`. */
const keyed = (key: Uint8Array, pad: number): Int32Array => {
  const block = new Uint8Array(blockBytes)
  block.set(key.length > blockBytes ? sha256(key) : key)
  for (let i = 0; i < blockBytes; i++) block[i] = byte(block, i) ^ pad
  const state = initial.slice()
  compress(state, block, 0)
  return state
}

/**
 * HMAC-SHA-256 of messages under one key, synchronously.
 *
 * **Details**   The key is worked in once; a message of up to 55 bytes then costs two blocks, about 4 microseconds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hmac = (key: Uint8Array): ((message: Uint8Array) => Uint8Array) => {
  const inner = keyed(key, 0x36)
  const outer = keyed(key, 0x5c)
  return (message) => finish(outer, blockBytes, finish(inner, blockBytes, message))
}

/**
 * The fingerprint of secrets under one key: 16 hexadecimal characters.
 *
 * **Example** (The same secret under two keys)
 *
 * ```ts import.meta.vitest
 * import * as Fingerprint from "surety/credential/Fingerprint"
 *
 * const mine = Fingerprint.make(new TextEncoder().encode("a key of the auditor"))
 * const other = Fingerprint.make(new TextEncoder().encode("another key"))
 * mine("sk_live_1") === mine("sk_live_1") // => true
 * mine("sk_live_1") === other("sk_live_1") // => false
 * mine("sk_live_1").length // => 16
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (key: Uint8Array): ((secret: string) => string) => {
  const code = hmac(key)
  const encoder = new TextEncoder()
  return (secret) => {
    let hex = ""
    for (const value of code(encoder.encode(secret)).subarray(0, 8)) hex += value.toString(16).padStart(2, "0")
    return hex
  }
}
