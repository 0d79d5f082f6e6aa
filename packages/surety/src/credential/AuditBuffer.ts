/**
 * What stands between those who write audit events and one sink: a bounded, ordered buffer that is emptied in batches.
 *
 * Writing never waits and never throws. A sink that is down is asked again with capped full jitter, and the same
 * events in the same order; it is told by their ids what it has already. A buffer that is full adds up `used` events
 * first, then lets go of the oldest of them, and of other events last. Nothing is lost unseen: each loss is counted,
 * and each outage is one warning. What the process has not flushed when it is killed is lost.
 *
 * Effect's `RequestResolver` and `OtlpExporter` batch, too; the first makes its writer wait, and the second forgets what
 * it could not send.
 *
 * Neighbours: `Auditor` makes one before each sink; `Backlog` is the queue and what it gives up.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as SignalName from "../signals/SignalName.ts"
import { type Event, type Sink, SinkFailure } from "./Audit.ts"
import { Backlog } from "./Backlog.ts"

/**
 * **Details**   `capacity`: events kept at most, those on their way to the sink included; default 10000, at least 2.
 * `batch`: events given to the sink at once; default 1000, at most half the capacity. `flushEvery`: how long an event
 * waits for others; default 1 second; a full batch does not wait. `appendTimeout`: how long the sink may take; default
 * 10 seconds. `onCloseDeadline`: how long the end of the scope may be held up for what is left; default 3 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly capacity?: number
  readonly batch?: number
  readonly flushEvery?: Duration.Input
  readonly appendTimeout?: Duration.Input
  readonly onCloseDeadline?: Duration.Input
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AuditBuffer {
  readonly record: (event: Event) => void
  /** What is not in the sink yet. */
  readonly size: () => number
}

const firstWaitMillis = 500
const longestWaitMillis = 30_000

/**
 * A buffer before a sink. When its scope closes, it gives the sink what it has, within `onCloseDeadline`.
 *
 * **Details**   Metrics, each with the sink's name and registered at 0: `integration.audit.buffered` (gauge),
 * `integration.audit.dropped`, `integration.audit.merged` (`used` events that were added to another one),
 * `integration.audit.sink_errors` (counters).
 *
 * **Failures**   `RangeError` (a defect) when a number is out of its bounds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (sink: Sink, options: Options = {}): Effect.Effect<AuditBuffer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const buffer = new Buffer(sink, options)
    const registrations = buffer.register(context)
    const loop = yield* Effect.forkDetach(buffer.loop)
    // the buffer lives in the layer's context, whoever closes it: its loggers, its clock
    yield* Effect.addFinalizer(() =>
      buffer
        .close(loop)
        .pipe(
          Effect.ensuring(Effect.sync(() => registrations.forEach((one) => one.remove()))),
          Effect.provideContext(context)
        )
    )
    return buffer
  })

class Buffer implements AuditBuffer {
  private readonly sink: Sink
  private readonly backlog: Backlog
  private readonly batch: number
  private readonly flushEvery: Duration.Duration
  private readonly appendTimeout: Duration.Duration
  private readonly onCloseDeadline: Duration.Duration
  private readonly some = Latch.makeUnsafe(false)
  private readonly enough = Latch.makeUnsafe(false)
  private readonly closing = Latch.makeUnsafe(false)
  /** How many events are given at once: less after a failure, so that one bad event is found. */
  private share: number
  private errors = 0
  private failuresInARow = 0
  private refusedInARow = 0
  private droppedBefore = 0
  private told: "nothing" | "outage" | "losses" = "nothing"

  constructor(sink: Sink, options: Options) {
    const capacity = whole("capacity", options.capacity ?? 10_000, 2)
    this.sink = sink
    this.batch = Math.min(whole("batch", options.batch ?? 1000, 1), capacity >> 1)
    this.share = this.batch
    this.backlog = new Backlog(capacity)
    this.flushEvery = Duration.fromInputUnsafe(options.flushEvery ?? "1 second")
    this.appendTimeout = Duration.fromInputUnsafe(options.appendTimeout ?? "10 seconds")
    this.onCloseDeadline = Duration.fromInputUnsafe(options.onCloseDeadline ?? "3 seconds")
  }

  readonly record = (event: Event): void => {
    this.backlog.add(event)
    if (this.backlog.size === 1) this.some.openUnsafe()
    if (this.backlog.size >= this.batch) this.enough.openUnsafe()
  }

  readonly size = (): number => this.backlog.size

  readonly loop: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    while (this.backlog.size > 0 || !this.closing.isOpen()) {
      if (this.backlog.size === 0) this.some.closeUnsafe()
      yield* Effect.raceFirst(this.some.await, this.closing.await)
      if (this.backlog.size < this.batch) {
        this.enough.closeUnsafe()
        yield* this.wait(this.flushEvery, this.enough)
      }
      yield* this.drain
    }
  })

  /** Waits, but not longer than until the scope closes. */
  private wait(duration: Duration.Duration, orUntil: Latch.Latch): Effect.Effect<void> {
    return Effect.raceAllFirst([Effect.sleep(duration), orUntil.await, this.closing.await])
  }

  /** Gives the sink everything that is there, however long that takes. */
  private readonly drain: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    while (this.backlog.size > 0) {
      const events = this.backlog.take(this.share)
      const taken = yield* this.append(events)
      if (Result.isSuccess(taken)) {
        this.backlog.done()
        this.share = Math.min(this.batch, this.share * 2)
        yield* this.recovered
      } else yield* this.failed(taken.failure, events.length)
    }
  })

  private append(events: ReadonlyArray<Event>): Effect.Effect<Result.Result<void, SinkFailure>> {
    const { appendTimeout, sink } = this
    return Effect.gen(function* () {
      // in a fiber of its own: a sink that does not let itself be interrupted is not waited for
      const fiber = yield* Effect.forkDetach(Effect.suspend(() => sink.append(events)))
      const end = yield* Fiber.await(fiber).pipe(
        Effect.timeoutOption(appendTimeout),
        Effect.onInterrupt(() => Effect.sync(() => fiber.interruptUnsafe()))
      )
      if (Option.isNone(end)) {
        fiber.interruptUnsafe()
        return Result.fail(failure(sink, `no answer in ${Duration.toMillis(appendTimeout)} ms`))
      }
      if (Exit.isSuccess(end.value)) return Result.succeed(undefined)
      const reason = end.value.cause.reasons.find((one) => one._tag === "Fail")
      // a defect may quote what it was made of
      return Result.fail(reason?.error instanceof SinkFailure ? reason.error : failure(sink, "it died"))
    })
  }

  private failed(reason: SinkFailure, given: number): Effect.Effect<void> {
    this.errors++
    this.share = Math.max(1, given >> 1)
    if (reason.retry === "never") {
      if (given > 1) return Effect.sync(() => this.backlog.putBack())
      this.backlog.refuse()
      this.droppedBefore++
      return this.refusedInARow++ === 0
        ? Effect.logError(`${reason.message}, and never will: the event that it refused is dropped`)
        : Effect.void
    }
    this.backlog.putBack()
    return Effect.gen({ self: this }, function* () {
      if (this.told === "nothing") {
        this.told = "outage"
        this.droppedBefore = this.backlog.dropped
        yield* Effect.logWarning(
          `${reason.message}; ${this.backlog.size} events are kept, and asked again until it takes them`
        )
      }
      yield* this.alarm
      const capMillis = Math.min(longestWaitMillis, firstWaitMillis * 2 ** Math.min(this.failuresInARow++, 16))
      const share = yield* Random.next
      // once the scope closes, the sink is asked a few times more
      yield* this.closing.isOpen()
        ? Effect.sleep(Duration.millis(share * firstWaitMillis))
        : this.wait(Duration.millis(share * capMillis), this.closing)
    })
  }

  /** One error per outage, at its first loss. */
  private readonly alarm: Effect.Effect<void> = Effect.suspend(() => {
    if (this.told === "losses" || this.backlog.dropped === this.droppedBefore) return Effect.void
    this.told = "losses"
    return Effect.logError(
      `The audit buffer before ${this.sink.name} loses events: it keeps ${this.backlog.capacity} at most`
    )
  })

  private readonly recovered: Effect.Effect<void> = Effect.suspend(() => {
    this.failuresInARow = 0
    this.refusedInARow = 0
    if (this.told === "nothing") return Effect.void
    return Effect.andThen(
      this.alarm,
      Effect.suspend(() => {
        this.told = "nothing"
        const lost = this.backlog.dropped - this.droppedBefore
        return Effect.logInfo(`The audit sink ${this.sink.name} takes events again; ${lost} were lost`)
      })
    )
  })

  close(loop: Fiber.Fiber<void>): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      this.closing.openUnsafe()
      yield* Effect.timeoutOption(Fiber.await(loop), this.onCloseDeadline)
      loop.interruptUnsafe()
      const lost = this.backlog.size
      if (lost === 0) return
      this.backlog.giveUp()
      yield* Effect.logError(
        `The audit sink ${this.sink.name} did not take ${lost} events before the end: they are lost`
      )
    })
  }

  register(context: Context.Context<never>): ReadonlyArray<Metric.Registration> {
    const attributes = { [SignalName.auditSink]: this.sink.name }
    const counter = ({ name }: SignalName.Signal<"counter">, read: () => number) =>
      Metric.registerUnsafe(Metric.counter(name, { incremental: true, attributes }), context, {
        get: () => ({ count: read(), incremental: true }),
        update: ignore,
        modify: ignore
      })
    return [
      Metric.registerUnsafe(Metric.gauge(SignalName.auditBuffered.name, { attributes }), context, {
        get: () => ({ value: this.backlog.size }),
        update: ignore,
        modify: ignore
      }),
      counter(SignalName.auditDropped, () => this.backlog.dropped),
      counter(SignalName.auditMerged, () => this.backlog.merged),
      counter(SignalName.auditSinkErrors, () => this.errors)
    ]
  }
}

const ignore = (): void => {}

const failure = (sink: Sink, detail: string): SinkFailure => new SinkFailure({ sink: sink.name, detail })

const whole = (name: string, value: number, least: number): number => {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new RangeError(`AuditBuffer: ${name} must be a whole number of at least ${least}, got ${value}`)
}
