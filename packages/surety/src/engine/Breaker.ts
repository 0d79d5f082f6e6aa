/**
 * A running circuit breaker: closed, open or half-open, judged per attempt.
 *
 * Permits carry the generation in which they were given: a result from before a trip never
 * moves the state, and a probe that is interrupted frees its slot. After closing, admission
 * ramps up so that no herd returns.
 *
 * Neighbours: `CircuitBreaker` declares it, `Call` asks it. It never waits; now and
 * randomness come in as arguments.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { CircuitBreaker } from "../CircuitBreaker.ts"
import type { Health } from "../Failure.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type State = "closed" | "open" | "half-open" | "isolated"

/**
 * A permit: positive in the closed state, negative for a probe, 0 for a refusal.
 *
 * @category models
 * @since 0.1.0
 */
export type Permit = number

/**
 * @category models
 * @since 0.1.0
 */
export class Breaker {
  readonly config: CircuitBreaker
  /** Called on each change of state. */
  onTransition: ((from: State, to: State) => void) | undefined = undefined
  private current: State = "closed"
  private generation = 1
  private outagesInARow = 0
  private readonly ring: Uint8Array
  private ringAt = 0
  private ringFilled = 0
  private ringOutages = 0
  private openUntil = 0
  private openings = 0
  private probing = 0
  private closedAt = -Infinity

  constructor(config: CircuitBreaker) {
    this.config = config
    this.ring = new Uint8Array(config.trip._tag === "FailureRate" ? config.trip.size : 0)
  }

  get state(): State {
    return this.current
  }

  /** Milliseconds until a probe may be allowed; 0 when calls are admitted. */
  retryAfterMillis(now: number): number {
    if (this.current === "isolated") return Infinity
    if (this.current === "open") return Math.max(0, this.openUntil - now)
    return 0
  }

  /** Would a call be refused right now, whatever the randomness of the ramp? */
  refuses(now: number): boolean {
    switch (this.current) {
      case "closed":
        return false
      case "open":
        return now < this.openUntil
      case "half-open":
        return this.probing >= this.config.probes
      case "isolated":
        return true
    }
  }

  /** Is admission still growing after a close? */
  ramping(now: number): boolean {
    return now - this.closedAt < this.config.rampMillis
  }

  admit(now: number, random: number): Permit {
    if (this.current === "closed") {
      const since = now - this.closedAt
      if (since < this.config.rampMillis && random > since / this.config.rampMillis) return 0
      return this.generation
    }
    if (this.refuses(now)) return 0
    if (this.current === "open") this.become("half-open")
    this.probing++
    return -this.generation
  }

  /** An attempt ended. `ignored` gives the permit back and says nothing. */
  record(permit: Permit, health: Health, now: number, random: number): void {
    if (Math.abs(permit) !== this.generation) return
    if (permit < 0) this.recordProbe(health, now, random)
    else if (this.current === "closed" && health !== "ignored") this.recordClosed(health, now, random)
  }

  /** Opens because another process's circuit did. */
  adopt(until: number): void {
    if (this.current !== "closed") return
    this.openings++
    this.openUntil = until
    this.become("open")
  }

  /** Refuses everything until `close`. */
  isolate(): void {
    if (this.current !== "isolated") this.become("isolated")
  }

  /** Closes by hand, at once and without a ramp. */
  close(): void {
    this.closedAt = -Infinity
    this.openings = 0
    if (this.current !== "closed") this.become("closed")
  }

  private recordProbe(health: Health, now: number, random: number): void {
    this.probing--
    if (health === "ignored" || health === "throttled") return
    if (health === "outage") return this.open(now, random)
    this.closedAt = now
    this.become("closed")
  }

  private recordClosed(health: Health, now: number, random: number): void {
    const outage = health === "outage"
    const trip = this.config.trip
    if (trip._tag === "None") return
    if (trip._tag === "Consecutive") {
      this.outagesInARow = outage ? this.outagesInARow + 1 : 0
      if (this.outagesInARow >= trip.failures) this.open(now, random)
    } else {
      const bit = outage ? 1 : 0
      if (this.ringFilled === trip.size) this.ringOutages -= this.ring[this.ringAt] ?? 0
      else this.ringFilled++
      this.ring[this.ringAt] = bit
      this.ringOutages += bit
      this.ringAt = (this.ringAt + 1) % trip.size
      if (this.ringFilled >= trip.minimumCalls && this.ringOutages / this.ringFilled >= trip.threshold) {
        this.open(now, random)
      }
    }
    // a circuit that stayed closed for as long as it was open at most starts afresh
    if (!outage && this.openings > 0 && now - this.closedAt > this.config.openMaxMillis) this.openings = 0
  }

  private open(now: number, random: number): void {
    const ceiling = Math.min(this.config.openMaxMillis, this.config.openMinMillis * 2 ** Math.min(this.openings, 30))
    this.openings++
    this.openUntil = now + ceiling / 2 + random * (ceiling / 2)
    this.become("open")
  }

  private become(next: State): void {
    const from = this.current
    this.current = next
    this.generation++
    this.probing = 0
    this.outagesInARow = 0
    this.ringAt = 0
    this.ringFilled = 0
    this.ringOutages = 0
    this.onTransition?.(from, next)
  }
}
