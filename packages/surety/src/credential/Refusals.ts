/**
 * Which versions of a secret the provider has refused, and whether asking for another one is worth it now.
 *
 * Every refusal may mean that the secret was rotated, so the first one leads to a question. When the answer is the same
 * secret, or one that is refused as well, the reason lies elsewhere (a wrong key, a missing permission), and each
 * further refusal is taken as it is until a cool-down has passed: a wrong key must not become a storm.
 *
 * Neighbours: `Custody` asks; pure but for its own memory, and told the time.
 *
 * @stability experimental
 * @since 0.1.0
 */

/** Versions that are remembered; the oldest is forgotten first. */
const kept = 16

/**
 * @category models
 * @since 0.1.0
 */
export class Refusals {
  readonly #versions = new Map<string, number>()
  readonly #cooldownMillis: number
  #heldBackUntil = -Infinity

  constructor(cooldownMillis: number) {
    this.#cooldownMillis = cooldownMillis
  }

  /** For the source: what not to give, if it has another one. */
  get versions(): ReadonlySet<string> {
    return new Set(this.#versions.keys())
  }

  has(version: string): boolean {
    return this.#versions.has(version)
  }

  /** Remembers a refusal; `first` when it is the first of this version within a cool-down. */
  note(version: string, now: number): "first" | "again" {
    const before = this.#versions.get(version)
    if (before !== undefined && now < before + this.#cooldownMillis) return "again"
    this.#versions.delete(version)
    this.#versions.set(version, now)
    for (const oldest of this.#versions.keys()) {
      if (this.#versions.size <= kept) break
      this.#versions.delete(oldest)
    }
    return "first"
  }

  /** The question was of no use: the same secret came back, or the new one is refused too. */
  fruitless(now: number): void {
    this.#heldBackUntil = Math.max(this.#heldBackUntil, now + this.#cooldownMillis)
  }

  /**
   * Whether a secret that a call was sent again with was refused so soon after it came that it was never any good. A
   * sixth of the cool-down (5 s by default) is taken as soon.
   */
  isSoon(arrivedMillis: number, now: number): boolean {
    return now < arrivedMillis + this.#cooldownMillis / 6
  }

  /** It is tried again: nothing better is there. */
  forgive(version: string): void {
    this.#versions.delete(version)
  }

  mayAsk(now: number): boolean {
    return now >= this.#heldBackUntil
  }

  /** An operator knows better. */
  forget(): void {
    this.#versions.clear()
    this.#heldBackUntil = -Infinity
  }
}
