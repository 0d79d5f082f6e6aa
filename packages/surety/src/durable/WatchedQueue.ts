/**
 * Effect's `PersistedQueue` for work that waits for a provider, with its signals: what was enqueued, completed, retried and
 * given up, also the items that no longer decode, which `PersistedQueue` gives up without a word.
 *
 * It watches between the queue and its store, and changes nothing about what either does.
 *
 * **Gotchas**   An offer under an id that is there already is counted as `enqueued`: stores do not say that they knew it.
 * Depth and age come from `read`, a query of yours: the port of a store has none.
 *
 * Neighbours: `telemetry/QueueSignals` counts; the alerts over it are those of `@surety/ops`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import type * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { NotAttempted, OutcomeUnknown, RetriesExhausted } from "../CallError.ts"
import * as Failure from "../Failure.ts"
import * as ErrorType from "../signals/ErrorType.ts"
import * as QueueSignals from "../telemetry/QueueSignals.ts"

/**
 * **Details**   `name`: of the queue, in the store and on its series. The rest is that of `PersistedQueue.make` and of
 * `QueueSignals.make`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<S extends Schema.Constraint, E = never, R = never> {
  readonly provider: QueueSignals.Options["provider"]
  readonly name: string
  readonly schema: S
  readonly maxAttempts?: number
  readonly retrySchedule?: Schedule.Schedule<unknown, number>
  readonly poll?: QueueSignals.Poll<E, R>
}

/**
 * Makes a queue whose items are counted.
 *
 * **Example** (Two orders; one is given up after its only attempt)
 *
 * ```ts import.meta.vitest
 * import { Effect, Metric, Schema } from "effect"
 * import { PersistedQueue } from "effect/persistence"
 * import * as WatchedQueue from "surety/durable/WatchedQueue"
 *
 * const program = Effect.gen(function* () {
 *   const orders = yield* WatchedQueue.make({
 *     provider: "acme",
 *     name: "orders",
 *     schema: Schema.String,
 *     maxAttempts: 1,
 *     poll: { read: Effect.succeed({ ready: 0, dead: 1 }), every: "1 minute" }
 *   })
 *   yield* orders.offer("first", { id: "order-1" })
 *   yield* orders.offer("second", { id: "order-2" })
 *   yield* orders.take(() => Effect.void)
 *   yield* Effect.exit(orders.take(() => Effect.fail("declined")))
 *   return (yield* Metric.snapshot).flatMap(({ attributes, id, state }) =>
 *     id === "integration.queue.messages" && "count" in state && Number(state.count) > 0
 *       ? [`${attributes?.["outcome"]} ${state.count}`]
 *       : []
 *   )
 * })
 *
 * const counted = program.pipe(Effect.scoped, Effect.provide(PersistedQueue.layerStoreMemory))
 * await Effect.runPromise(counted) // => ["enqueued 2", "completed 1", "dead_lettered 1"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <S extends Schema.Constraint, E = never, R = never>({
  name,
  poll,
  provider,
  ...options
}: Options<S, E, R>): Effect.Effect<
  PersistedQueue.PersistedQueue<S["Type"], S["EncodingServices"] | S["DecodingServices"]>,
  never,
  PersistedQueue.PersistedQueueStore | Scope.Scope | R
> =>
  Effect.gen(function* () {
    const store = yield* PersistedQueue.PersistedQueueStore
    const signals = yield* QueueSignals.make<E, R>({
      provider,
      queue: name,
      ...(poll === undefined ? undefined : { poll })
    })
    const factory = yield* Effect.provideService(
      PersistedQueue.makeFactory,
      PersistedQueue.PersistedQueueStore,
      watched(store, signals)
    )
    return yield* factory.make<S>({ name, ...options })
  })

type Store = PersistedQueue.PersistedQueueStore["Service"]

const watched = (store: Store, signals: QueueSignals.QueueSignals): Store => ({
  ...store,
  offer: (options) => Effect.tap(store.offer(options), () => signals.enqueued),
  take: (options) =>
    Effect.gen(function* () {
      const scope = yield* Scope.Scope
      const item = yield* store.take(options)
      yield* Scope.addFinalizerExit(scope, (exit) => told(signals, item, options.maxAttempts, exit))
      return item
    })
})

const told = (
  signals: QueueSignals.QueueSignals,
  { attempts, id }: { readonly attempts: number; readonly id: string },
  maxAttempts: number,
  exit: Exit.Exit<unknown, unknown>
): Effect.Effect<void> => {
  if (Exit.isSuccess(exit)) return signals.completed
  // the item goes back as if nobody had taken it
  if (Cause.hasInterruptsOnly(exit.cause)) return Effect.void
  const failure = exit.cause.reasons.find(Cause.isFailReason)?.error
  const undecodable = tagOf(failure) === unreadable
  if (!undecodable && attempts < maxAttempts) return signals.retried
  return signals.deadLettered({ id, attempts, type: undecodable ? "decode" : typeOf(failure) })
}

/** The same words as on the call that the item was for. */
const typeOf = (failure: unknown): string => {
  if (failure instanceof NotAttempted) return ErrorType.ofRefusal(failure.reason).type
  if (failure instanceof RetriesExhausted) return typeOf(failure.reason)
  if (failure instanceof OutcomeUnknown) return failure._tag
  return Failure.isFailure(failure) ? ErrorType.ofFailure(failure) : ErrorType.other
}

/** What the factory tells its store about an item that does not decode. */
const unreadable = "~effect/persistence/PersistedQueue/DeadLetter"

const tagOf = (u: unknown): unknown => (typeof u === "object" && u !== null && "_tag" in u ? u._tag : undefined)
