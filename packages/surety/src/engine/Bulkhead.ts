/**
 * A semaphore with a bounded, fair queue. Waiters are linked into it, so leaving costs
 * nothing and nothing is allocated.
 *
 * Effect's `Semaphore` has neither a queue bound nor a synchronous answer.
 *
 * Neighbours: `Call` waits in it; an attempt that still runs keeps its permit.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Waiter {
  queueNext: Waiter | undefined
  queuePrevious: Waiter | undefined
  queued: boolean
  /** Called when a permit became this waiter's own. */
  onPermit(): void
}

/**
 * @category models
 * @since 0.1.0
 */
export class Bulkhead {
  readonly concurrency: number
  readonly queue: number
  inFlight = 0
  waiting = 0
  private first: Waiter | undefined = undefined
  private last: Waiter | undefined = undefined
  private draining = false

  constructor(concurrency: number, queue: number) {
    this.concurrency = concurrency
    this.queue = queue
  }

  /** Takes a permit when one is free and nobody waits. */
  tryAcquire(): boolean {
    if (this.inFlight >= this.concurrency || this.waiting > 0) return false
    this.inFlight++
    return true
  }

  /** Joins the queue; `false` when it is full. */
  enqueue(waiter: Waiter): boolean {
    if (this.waiting >= this.queue) return false
    waiter.queued = true
    waiter.queueNext = undefined
    waiter.queuePrevious = this.last
    if (this.last === undefined) this.first = waiter
    else this.last.queueNext = waiter
    this.last = waiter
    this.waiting++
    return true
  }

  /** Leaves the queue; harmless when it is not in it. */
  leave(waiter: Waiter): void {
    if (!waiter.queued) return
    const { queueNext: next, queuePrevious: previous } = waiter
    if (previous === undefined) this.first = next
    else previous.queueNext = next
    if (next === undefined) this.last = previous
    else next.queuePrevious = previous
    waiter.queued = false
    waiter.queueNext = undefined
    waiter.queuePrevious = undefined
    this.waiting--
  }

  release(): void {
    this.inFlight--
    // a waiter may finish at once and release again: the loop takes the place of recursion
    if (this.draining) return
    this.draining = true
    try {
      while (this.first !== undefined && this.inFlight < this.concurrency) {
        const next = this.first
        this.leave(next)
        this.inFlight++
        next.onPermit()
      }
    } finally {
      this.draining = false
    }
  }
}
