/**
 * A running retry budget, one per provider and credential. Retries and hedges are paid
 * from it; a success pays back.
 *
 * Neighbours: `RetryBudget` declares it. Now comes in as an argument.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Health } from "../Failure.ts"
import type { RetryBudget } from "../RetryBudget.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Budget {
  readonly config: RetryBudget
  private tokens: number
  private readonly slots = new Float64Array(20)
  private slotAt = 0

  constructor(config: RetryBudget) {
    this.config = config
    this.tokens = config._tag === "Bucket" ? config.capacity : 0
  }

  /** The price of a retry after a failure of this health. */
  costOf(health: Health): number {
    if (this.config._tag === "Ratio") return 1
    return health === "throttled" ? this.config.throttledCost : this.config.outageCost
  }

  /** Pays for one retry; `false` when the budget cannot. */
  take(cost: number, now: number): boolean {
    if (this.config._tag === "Bucket") {
      if (this.tokens < cost) return false
      this.tokens -= cost
      return true
    }
    this.turn(now)
    const calls = this.sum(0)
    const retries = this.sum(1)
    if (retries + 1 > Math.max(this.config.floor, calls * this.config.ratio)) return false
    this.add(1)
    return true
  }

  /** Takes a payment back for a retry that was never sent. */
  giveBack(cost: number, now: number): void {
    if (this.config._tag === "Bucket") {
      this.tokens = Math.min(this.config.capacity, this.tokens + cost)
      return
    }
    this.turn(now)
    for (let back = 0; back < 10; back++) {
      const index = ((this.slotAt - back + 10) % 10) * 2 + 1
      const retries = this.slots[index] ?? 0
      if (retries === 0) continue
      this.slots[index] = retries - 1
      return
    }
  }

  /** A call ended well; `paid` is what its last retry cost, 0 when it needed none. */
  succeed(paid: number): void {
    if (this.config._tag === "Bucket") {
      this.tokens = Math.min(this.config.capacity, this.tokens + (paid || 1))
    }
  }

  /** A call began. */
  begin(now: number): void {
    if (this.config._tag === "Ratio") {
      this.turn(now)
      this.add(0)
    }
  }

  /** The share that is left, in [0, 1]: all of it where nothing is to be had yet and nothing was taken. */
  available(now: number): number {
    if (this.config._tag === "Bucket") return this.tokens / this.config.capacity
    this.turn(now)
    const most = Math.max(this.config.floor, this.sum(0) * this.config.ratio)
    return Math.max(0, 1 - this.sum(1) / (most || Infinity))
  }

  // ten sub-windows, each a pair (calls, retries)
  private turn(now: number): void {
    if (this.config._tag !== "Ratio") return
    const width = this.config.windowMillis / 10
    const at = Math.floor(now / width)
    if (at - this.slotAt >= 10) this.slots.fill(0)
    else for (let t = this.slotAt + 1; t <= at; t++) this.slots.fill(0, (t % 10) * 2, (t % 10) * 2 + 2)
    this.slotAt = at
  }

  private add(which: 0 | 1): void {
    const index = (this.slotAt % 10) * 2 + which
    this.slots[index] = (this.slots[index] ?? 0) + 1
  }

  private sum(which: 0 | 1): number {
    return this.slots.reduce((total, count, at) => total + (at % 2 === which ? count : 0), 0)
  }
}
