/**
 * Object and request identifiers in Stripe's format (`pi_…`, `req_…`), drawn from a
 * seed: the same seed and the same calls give the same identifiers.
 *
 * Never random and never unique across two generators with the same seed.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Draws the next identifier with a prefix (`"pi"`) and a number of characters after
 * the underscore (default 24).
 *
 * @category models
 * @since 0.1.0
 */
export type Identifiers = (prefix: string, characters?: number) => string

/**
 * **Example** (the same seed, the same identifiers)
 *
 * ```ts import.meta.vitest
 * import * as Identifier from "@surety/stripe/testing/Identifier"
 *
 * Identifier.make(7)("pi") === Identifier.make(7)("pi") // => true
 * Identifier.make(7)("pi") === Identifier.make(8)("pi") // => false
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: number): Identifiers => {
  let state = seed >>> 0
  let drawn = 0
  return (prefix, characters = 24) => {
    // The running number makes two identifiers of one generator differ, whatever the mixing does.
    let text = (++drawn).toString(36).padStart(4, "0")
    while (text.length < characters) {
      state = (state + 0x6d2b79f5) >>> 0
      text += alphabet[mix(state) % alphabet.length]
    }
    return `${prefix}_${text}`
  }
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** mulberry32's output function */
const mix = (state: number): number => {
  let value = Math.imul(state ^ (state >>> 15), state | 1)
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
  return (value ^ (value >>> 14)) >>> 0
}
