/**
 * The audit events that a sink has not taken yet, in order, and what is given up when there are too many.
 *
 * Only events that were never given to the sink are changed or dropped, because an event whose answer was lost may be
 * there already, under its id and with its count.
 *
 * Neighbours: `AuditBuffer` fills and empties it. It knows no time and no sink.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Event } from "./Audit.ts"

interface Slot {
  event: Event
}

/**
 * **Details**   All of it costs the same whatever is kept: insertion order of a `Set` is the order of events.
 *
 * @category models
 * @since 0.1.0
 */
export class Backlog {
  readonly capacity: number
  /** Events that are gone. A `used` event that was added to another one is not among them. */
  dropped = 0
  merged = 0
  private readonly waiting = new Set<Slot>()
  /** The `used` events among them. */
  private readonly uses = new Set<Slot>()
  /** The newest of them for each thing that is used. */
  private readonly newest = new Map<string, Slot>()
  /** What the sink has been given once: it goes first, in this order, until the sink has it. */
  private readonly given: Array<Event> = []
  private out = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.given.length + this.waiting.size
  }

  add(event: Event): void {
    if (this.size >= this.capacity && !this.makeRoom(event)) return
    const slot = { event }
    this.waiting.add(slot)
    if (event.kind === "used") {
      this.uses.add(slot)
      this.newest.set(thing(event), slot)
    }
  }

  /** The oldest events, at most `count`; they stay until `done`. */
  take(count: number): ReadonlyArray<Event> {
    for (const slot of this.waiting) {
      if (this.given.length >= count) break
      this.forget(slot)
      this.given.push(slot.event)
    }
    const events = this.given.slice(0, count)
    this.out = events.length
    return events
  }

  /** The sink has what was taken. */
  done(): void {
    this.given.splice(0, this.out)
    this.out = 0
  }

  /** What was taken is to be taken again. */
  putBack(): void {
    this.out = 0
  }

  /** The sink will never have what was taken. */
  refuse(): void {
    this.dropped += this.out
    this.done()
  }

  /** Nobody will have what is left. */
  giveUp(): void {
    this.dropped += this.size
    this.given.length = 0
    for (const slot of this.waiting) this.forget(slot)
  }

  /** Says whether the newcomer still needs the room. */
  private makeRoom(newcomer: Event): boolean {
    if (newcomer.kind === "used") {
      const same = this.newest.get(thing(newcomer))
      if (same !== undefined) {
        this.addUp(same, newcomer)
        return false
      }
    }
    const [oldest] = this.uses
    if (oldest !== undefined) {
      const same = this.newest.get(thing(oldest.event))
      this.forget(oldest)
      if (same !== undefined && same !== oldest) this.addUp(same, oldest.event)
      else this.dropped++
      return true
    }
    this.dropped++
    if (newcomer.kind === "used") return false
    const [first] = this.waiting
    if (first === undefined) return false
    this.forget(first)
    return true
  }

  private addUp(slot: Slot, other: Event): void {
    slot.event = { ...slot.event, count: (slot.event.count ?? 1) + (other.count ?? 1) }
    this.merged++
  }

  private forget(slot: Slot): void {
    this.waiting.delete(slot)
    if (!this.uses.delete(slot)) return
    const key = thing(slot.event)
    if (this.newest.get(key) === slot) this.newest.delete(key)
  }
}

const thing = (event: Event): string =>
  JSON.stringify([event.actor, event.provider, event.credential, event.version, event.operation])
