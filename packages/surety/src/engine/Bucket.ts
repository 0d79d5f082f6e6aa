/**
 * A running token bucket that hands out reservations: a caller learns at once how long it
 * has to wait, and gives its tokens back when it does not want to.
 *
 * Effect's limiter keeps the tokens of interrupted waiters and has no longest wait; this
 * one refunds, pauses while the provider asks to wait, and is corrected by responses.
 *
 * Neighbours: `RateLimit` declares it, `Limiter` groups several. It never waits; now comes
 * in as an argument.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Observation, RateLimit } from "../RateLimit.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Bucket {
  readonly name: string
  private readonly periodMillis: number
  private readonly burst: number
  /** Tokens per period, as declared or as the provider last said. */
  limit: number
  /** Below zero: tokens already promised to callers that wait. */
  private tokens: number
  private updatedAt: number | undefined = undefined
  pausedUntil = -Infinity
  /** When the provider said it starts afresh; monotonic. */
  resetsAt = -Infinity
  /** All the time this bucket was asked to pause, up to `pausedUntil`. */
  pausedMillis = 0

  constructor(name: string, config: RateLimit) {
    this.name = name
    this.periodMillis = config.periodMillis
    this.limit = config.limit
    this.burst = config.burst
    this.tokens = config.burst
  }

  /** Takes `cost` tokens and returns the milliseconds until they may be used. A cost of 0 waits for nobody. */
  reserve(cost: number, now: number): number {
    if (cost === 0) return 0
    this.refill(now)
    this.tokens -= cost
    const debt = this.tokens < 0 ? (-this.tokens * this.periodMillis) / this.limit : 0
    return Math.max(0, this.pausedUntil - now) + debt
  }

  /** Gives tokens back that were reserved and not used. */
  refund(cost: number): void {
    this.tokens = Math.min(this.burst, this.tokens + cost)
  }

  /** Nothing is given out before `until`; the bucket has at most one token then. */
  pause(until: number, now: number): void {
    if (!(until > this.pausedUntil) || until <= now) return
    this.refill(now)
    this.pausedMillis += until - Math.max(now, this.pausedUntil)
    this.pausedUntil = until
    if (this.tokens > 1) this.tokens = 1
  }

  /** What a response says. Our own count is lowered by it, never raised above it. */
  observe(seen: Observation, now: number): void {
    this.refill(now)
    if (seen.limit !== undefined && seen.limit > 0 && Number.isFinite(seen.limit)) this.limit = seen.limit
    if (seen.resetMillis !== undefined && seen.resetMillis >= 0) this.resetsAt = now + seen.resetMillis
    if (seen.remaining === undefined || !Number.isFinite(seen.remaining)) return
    this.tokens = Math.min(this.tokens, seen.remaining)
    if (seen.remaining <= 0 && seen.resetMillis !== undefined) this.pause(now + seen.resetMillis, now)
  }

  /** Tokens that could be taken now without waiting. */
  available(now: number): number {
    if (now < this.pausedUntil) return 0
    this.refill(now)
    return Math.max(0, this.tokens)
  }

  /** What may be spent in a period, and is kept at the most. */
  get whole(): number {
    return Math.min(this.limit, this.burst)
  }

  /** Tokens of the whole that are spent. */
  used(now: number): number {
    return Math.max(0, this.whole - this.available(now))
  }

  /** When nothing is spent any more: as the provider said, else as the tokens come back. */
  fullAt(now: number): number {
    if (this.resetsAt > now) return this.resetsAt
    this.refill(now)
    return Math.max(now, this.pausedUntil) + (Math.max(0, this.burst - this.tokens) * this.periodMillis) / this.limit
  }

  private refill(now: number): void {
    // a paused bucket gains nothing
    const from = Math.max(this.updatedAt ?? now, Math.min(now, this.pausedUntil))
    this.updatedAt = now
    if (now > from) this.tokens = Math.min(this.burst, this.tokens + ((now - from) * this.limit) / this.periodMillis)
  }
}
