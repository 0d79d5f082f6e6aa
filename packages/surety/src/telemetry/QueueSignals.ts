/**
 * What a queue in front of a provider tells operators: how deep it is, how old its oldest item, and what becomes of its
 * items. Every series is there at 0 when it is made, so that an alert sees the first item that is given up.
 *
 * Effect's `PersistedQueue` has no depth, no age and no event for an item that it gives up; brokers have them under names of
 * their own. This is one spelling for both. Nothing of an item is ever told but its id, and that only once it is given up.
 *
 * Neighbours: `signals/QueueSeries` has the names; `durable/WatchedQueue` is a `PersistedQueue` that tells it everything.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Registry from "../engine/Signals.ts"
import { byValue } from "../signals/OperationSeries.ts"
import * as QueueSeries from "../signals/QueueSeries.ts"
import * as SignalName from "../signals/SignalName.ts"

/**
 * What is in a queue at one moment.
 *
 * **Details**   `oldestAt`: when the oldest item that is not done was enqueued, in epoch milliseconds; absent when there is none.
 * A number that is not known is left out, and its series stays as it was.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading {
  readonly ready?: number
  readonly delayed?: number
  readonly inFlight?: number
  readonly dead?: number
  readonly oldestAt?: number
}

/**
 * **Details**   `every`: default 15 seconds, and how long one reading may take.
 *
 * @category models
 * @since 0.1.0
 */
export interface Poll<out E = never, out R = never> {
  readonly read: Effect.Effect<Reading, E, R>
  readonly every?: Duration.Input
}

/**
 * **Details**   `provider`: the provider that the items are for, or its id. `queue`: as in the `queues` of `@surety/ops`. `poll`:
 * asks the queue itself; without it depth and age are what `observe` is told.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<out E = never, out R = never> {
  readonly provider: string | { readonly contract: { readonly id: string } }
  readonly queue: string
  readonly poll?: Poll<E, R>
}

/**
 * An item that is given up.
 *
 * **Details**   `type`: a short word of a closed list of yours, such as a failure's tag; never a message.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeadLetter {
  readonly id?: string
  readonly attempts?: number
  readonly type?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface QueueSignals {
  readonly enqueued: Effect.Effect<void>
  readonly completed: Effect.Effect<void>
  readonly retried: Effect.Effect<void>
  /** It was there already, and was not taken again. */
  readonly deduplicated: Effect.Effect<void>
  /** Counts it, and says so in the log, at most once a minute: the count has all of them. */
  readonly deadLettered: (letter?: DeadLetter) => Effect.Effect<void>
  readonly observe: (reading: Reading) => Effect.Effect<void>
}

/**
 * Registers a queue's series at 0, and takes them away with the scope.
 *
 * **When to use**   In the layer of whatever works the queue off, once for each queue and process.
 *
 * **Details**   The age goes on growing between two readings. While a poll fails, the queue counts as being as old as its last
 * good reading: a queue that nobody can read must not look like one that is empty.
 *
 * **Failures**   None. A poll that fails or takes too long is one log event for each outage, `integration.queue.unread`.
 *
 * **Example** (An item that is given up, and a queue of two)
 *
 * ```ts import.meta.vitest
 * import { Effect, Metric } from "effect"
 * import { QueueSignals } from "surety/telemetry"
 *
 * const program = Effect.gen(function* () {
 *   const orders = yield* QueueSignals.make({ provider: "acme", queue: "orders" })
 *   yield* orders.enqueued
 *   yield* orders.deadLettered({ id: "order-1", attempts: 10, type: "CardDeclined" })
 *   yield* orders.observe({ ready: 2, dead: 1 })
 *   const all = yield* Metric.snapshot
 *   return all.filter(({ attributes }) => attributes?.["outcome"] === "dead_lettered").map(({ state }) => state)
 * })
 *
 * await Effect.runPromise(Effect.scoped(program)) // => [{ count: 1, incremental: true }]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E = never, R = never>(
  options: Options<E, R>
): Effect.Effect<QueueSignals, never, R | Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const clock = yield* Clock.Clock
    const provider = typeof options.provider === "string" ? options.provider : options.provider.contract.id
    const registry = new Registry.Registry(context, provider)
    yield* Effect.addFinalizer(() => Effect.sync(() => registry.close()))
    const ledger = new Ledger(registry, provider, options.queue, () => clock.currentTimeMillisUnsafe())
    if (options.poll !== undefined) yield* Effect.forkScoped(polling(ledger, options.poll))
    return ledger
  })

const polling = <E, R>(ledger: Ledger, { every = "15 seconds", read }: Poll<E, R>): Effect.Effect<void, never, R> =>
  Effect.suspend(() => read).pipe(
    Effect.timeout(every),
    Effect.flatMap(ledger.observe),
    // what went wrong is the broker's words: they stay here
    Effect.catchCause(() => ledger.failing),
    Effect.repeat(Schedule.spaced(every)),
    Effect.asVoid
  )

const minuteMillis = 60_000

const fields = { ready: "ready", delayed: "delayed", in_flight: "inFlight", dead: "dead" } as const

class Ledger implements QueueSignals {
  readonly enqueued: Effect.Effect<void>
  readonly completed: Effect.Effect<void>
  readonly retried: Effect.Effect<void>
  readonly deduplicated: Effect.Effect<void>
  readonly #counters: Readonly<Record<(typeof QueueSeries.outcomes)[number], Registry.Counter>>
  readonly #depths = { ready: 0, delayed: 0, in_flight: 0, dead: 0 }
  readonly #annotations: Readonly<Record<string, string>>
  readonly #now: () => number
  /** Epoch milliseconds. */
  #oldestAt: number | undefined = undefined
  #readAt: number
  #failing: "yes" | "no" = "no"
  #toldAt = -Infinity
  #untold = 0

  constructor(registry: Registry.Registry, provider: string, queue: string, now: () => number) {
    const own = { [QueueSeries.queue]: queue }
    this.#annotations = { [SignalName.provider]: provider, ...own }
    this.#now = now
    this.#readAt = now()
    for (const state of QueueSeries.states) {
      registry.gauge(QueueSeries.depth, { ...own, state }).read = () => this.#depths[state]
    }
    registry.gauge(QueueSeries.oldestAge, own).read = () => this.#ageSeconds()
    this.#counters = byValue(QueueSeries.outcomes, (outcome) =>
      registry.counter(QueueSeries.messages, { ...own, outcome })
    )
    this.enqueued = this.#counts("enqueued")
    this.completed = this.#counts("completed")
    this.retried = this.#counts("retried")
    this.deduplicated = this.#counts("deduplicated")
  }

  readonly deadLettered = ({ attempts, id, type }: DeadLetter = {}): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.#counters.dead_lettered.value++
      this.#untold++
      const now = this.#now()
      if (now - this.#toldAt < minuteMillis) return Effect.void
      const items = this.#untold
      this.#toldAt = now
      this.#untold = 0
      return Effect.annotateLogs(Effect.logError(QueueSeries.deadLettered), {
        ...this.#annotations,
        items,
        ...(id === undefined ? undefined : { "messaging.message.id": id }),
        ...(attempts === undefined ? undefined : { attempts }),
        ...(type === undefined ? undefined : { [SignalName.errorType]: type })
      })
    })

  readonly observe = (reading: Reading): Effect.Effect<void> =>
    Effect.sync(() => {
      for (const state of QueueSeries.states) this.#depths[state] = reading[fields[state]] ?? this.#depths[state]
      this.#oldestAt = reading.oldestAt
      this.#readAt = this.#now()
      this.#failing = "no"
    })

  readonly failing: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#failing === "yes") return Effect.void
    this.#failing = "yes"
    return Effect.annotateLogs(Effect.logWarning(QueueSeries.unread), this.#annotations)
  })

  #ageSeconds(): number {
    const since = this.#oldestAt ?? (this.#failing === "yes" ? this.#readAt : undefined)
    return since === undefined ? 0 : Math.max(0, this.#now() - since) / 1000
  }

  #counts(outcome: (typeof QueueSeries.outcomes)[number]): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#counters[outcome].value++
    })
  }
}
