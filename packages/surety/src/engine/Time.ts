/**
 * Time as the engine needs it: a monotonic now, the wall clock for dates in headers, and
 * timers that cost a few nanoseconds.
 *
 * The live clock shares one timer wheel between all calls of the process: arming and
 * cancelling touch a linked list, and one `setTimeout` sleeps until the earliest slot. Any
 * other clock (a `TestClock`, say) is served through its own `sleep`.
 *
 * Neighbours: `Call` and `Attempt` are timers; nothing else in the engine sleeps.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/**
 * Something that can be woken once. It is armed at most once at a time.
 *
 * @category models
 * @since 0.1.0
 */
export abstract class Timer {
  /** Where it is armed; `undefined` when it is not. */
  timerNext: Timer | undefined = undefined
  timerPrevious: Timer | undefined = undefined
  timerDue = 0
  timerSlot = -1
  timerSleeper: Fiber.Fiber<void> | undefined = undefined
  abstract fire(): void
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Time {
  /** Milliseconds, monotonic, arbitrary origin. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wall: () => number
  /** What `now` said, in nanoseconds since the epoch: the times of spans. */
  readonly nanos: (now: number) => bigint
  /** Fires at `due` or shortly after, never before. Re-arming replaces. */
  readonly arm: (timer: Timer, due: number) => void
  readonly disarm: (timer: Timer) => void
}

const tickMillis = 4
const slotCount = 1024
/** A wake-up this much behind its time means that the event loop was blocked. */
const lateMillis = 20
/** How often the wall clock is asked whether somebody set it. */
const anchorMillis = 1_000
/** Two looks at a clock that are further apart than this say nothing about another one. */
const tightMillis = 0.01

/** A runtime that is not Node gives a number, which keeps nothing alive. */
type Handle = ReturnType<typeof setTimeout> & { readonly ref?: () => unknown; readonly unref?: () => unknown }

class Wheel implements Time {
  private readonly slots: Array<Timer | undefined> = Array.from({ length: slotCount })
  private handle: Handle | undefined = undefined
  private wakeTick = Infinity
  private doneTick = 0
  private armed = 0
  private graced: "yes" | "no" = "no"
  private anchor = 0n
  private anchoredAt = 0
  private trustedUntil = -Infinity
  private stampedAt = NaN
  private stamp = 0n

  readonly now = (): number => performance.now()
  readonly wall = (): number => Date.now()

  readonly nanos = (now: number): bigint => {
    // what begins where something else ended has the same time
    if (now === this.stampedAt) return this.stamp
    for (let tries = 0; now > this.trustedUntil && tries < 5; tries++) {
      const before = performance.now()
      this.anchor = liveClock.currentTimeNanosUnsafe()
      this.anchoredAt = before
      if (performance.now() - before < tightMillis) this.trustedUntil = before + anchorMillis
    }
    this.stampedAt = now
    const since = Math.round((now - this.anchoredAt) * 1e6)
    // the usual case, an integer of 32 bits, becomes a bigint in half the time
    const small = since | 0
    return (this.stamp = this.anchor + (small === since ? BigInt(small) : BigInt(since)))
  }

  readonly arm = (timer: Timer, due: number): void => {
    if (timer.timerSlot >= 0) this.unlink(timer)
    const tick = Math.max(Math.ceil(due / tickMillis), this.doneTick + 1)
    const slot = tick % slotCount
    const head = this.slots[slot]
    timer.timerDue = tick
    timer.timerSlot = slot
    timer.timerNext = head
    timer.timerPrevious = undefined
    if (head !== undefined) head.timerPrevious = timer
    this.slots[slot] = timer
    if (this.armed++ === 0) this.handle?.ref?.()
    if (tick < this.wakeTick) this.sleepUntil(tick)
  }

  readonly disarm = (timer: Timer): void => {
    if (timer.timerSlot >= 0) this.unlink(timer)
  }

  private unlink(timer: Timer): void {
    const { timerNext: next, timerPrevious: previous } = timer
    if (previous === undefined) this.slots[timer.timerSlot] = next
    else previous.timerNext = next
    if (next !== undefined) next.timerPrevious = previous
    timer.timerNext = undefined
    timer.timerPrevious = undefined
    timer.timerSlot = -1
    // a wheel that nobody waits for must not keep the process alive
    if (--this.armed === 0) this.handle?.unref?.()
  }

  private sleepUntil(tick: number): void {
    if (this.handle !== undefined) clearTimeout(this.handle)
    this.wakeTick = tick
    // setTimeout may fire a millisecond early and cannot sleep beyond 2^31 ms; the sweep copes with both
    const wait = Math.min(Math.max(1, tick * tickMillis - performance.now()), 0x7fffffff)
    this.handle = setTimeout(this.sweep, wait)
  }

  private readonly sweep = (): void => {
    // after a blocked event loop, answers may lie unread in the sockets: they are read before anything times out
    if (this.graced === "no" && performance.now() - this.wakeTick * tickMillis > lateMillis) {
      this.graced = "yes"
      this.handle = setTimeout(this.sweep, 0)
      return
    }
    this.graced = "no"
    this.handle = undefined
    this.wakeTick = Infinity
    const current = Math.floor(performance.now() / tickMillis)
    const from = Math.max(this.doneTick + 1, current - slotCount + 1)
    this.doneTick = Math.max(this.doneTick, current)
    for (let tick = from; tick <= current; tick++) this.fireSlot(tick % slotCount, current)
    if (this.armed > 0) {
      const next = this.earliest()
      if (next < this.wakeTick) this.sleepUntil(next)
    }
  }

  private fireSlot(slot: number, current: number): void {
    let timer = this.slots[slot]
    while (timer !== undefined) {
      const next: Timer | undefined = timer.timerNext
      if (timer.timerDue <= current) {
        this.unlink(timer)
        try {
          timer.fire()
        } catch (defect) {
          // the other timers of the process must go on
          queueMicrotask(() => {
            throw defect
          })
        }
        // firing may have changed this very list: start over, what is left is not due
        timer = this.slots[slot]
        while (timer !== undefined && timer.timerDue > current) timer = timer.timerNext
      } else timer = next
    }
  }

  private earliest(): number {
    let earliest = Infinity
    for (let slot = 0; slot < slotCount; slot++) {
      for (let timer = this.slots[slot]; timer !== undefined; timer = timer.timerNext) {
        if (timer.timerDue < earliest) earliest = timer.timerDue
      }
    }
    return earliest
  }
}

class ClockTime implements Time {
  private readonly clock: Clock.Clock
  private readonly run: (effect: Effect.Effect<void>) => Fiber.Fiber<void>

  constructor(clock: Clock.Clock) {
    this.clock = clock
    this.run = Effect.runForkWith(Context.make(Clock.Clock, clock))
  }

  readonly now = (): number => this.clock.currentTimeMillisUnsafe()
  readonly wall = (): number => this.clock.currentTimeMillisUnsafe()
  readonly nanos = (): bigint => this.clock.currentTimeNanosUnsafe()

  readonly arm = (timer: Timer, due: number): void => {
    this.disarm(timer)
    timer.timerSlot = 0
    const wait = due - this.now()
    // a clock may answer a sleep of nothing at once, and this function has to end first
    const sleep = wait > 0 ? this.clock.sleep(Duration.millis(wait)) : Effect.yieldNow
    const sleeper = this.run(
      Effect.flatMap(sleep, () =>
        Effect.sync(() => {
          if (timer.timerSleeper === sleeper) {
            timer.timerSleeper = undefined
            timer.timerSlot = -1
            timer.fire()
          }
        })
      )
    )
    timer.timerSleeper = sleeper
  }

  readonly disarm = (timer: Timer): void => {
    const sleeper = timer.timerSleeper
    timer.timerSleeper = undefined
    timer.timerSlot = -1
    sleeper?.interruptUnsafe()
  }
}

const liveClock = Context.get(Context.empty(), Clock.Clock)
const others = new WeakMap<Clock.Clock, Time>()

/**
 * The time of the live clock.
 *
 * @category constants
 * @since 0.1.0
 */
export const live: Time = new Wheel()

/**
 * The time of any clock; one instance per clock.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromClock = (clock: Clock.Clock): Time => {
  if (clock === liveClock) return live
  let time = others.get(clock)
  if (time === undefined) {
    time = new ClockTime(clock)
    others.set(clock, time)
  }
  return time
}
