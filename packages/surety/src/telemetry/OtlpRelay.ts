/**
 * Stands between Effect's OTLP exporters and the collector, because those clear their buffer and fall silent for a minute
 * after one bad delivery.
 *
 * It takes every batch at once, keeps a bounded number of bytes per signal, sends again what may be sent again, and tells
 * `TelemetryLoss` of everything that is given up: the oldest batch when there is no more room, a batch that was refused, and
 * what is left at the end. Metrics are cumulative: a reading that cannot be delivered is replaced by the next.
 *
 * Neighbours: `OtlpExport` wires it; `OtlpDelivery` is one request. No body, header or address of it is ever logged.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Latch from "effect/Latch"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as OtlpDelivery from "./OtlpDelivery.ts"
import * as TelemetryLoss from "./TelemetryLoss.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Bounds {
  /** Kept per signal while the collector is away. */
  readonly maxQueueBytes: number
  /** One delivery, answer included. */
  readonly attemptMillis: number
  /** All that is done once the program ends. */
  readonly shutdownMillis: number
}

/**
 * A batch that was encoded.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch {
  readonly kind: TelemetryLoss.Kind
  readonly request: HttpClientRequest.HttpClientRequest
  readonly items: number
  readonly bytes: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface OtlpRelay {
  /** Takes a batch. Ends when it arrived or was given up, or when the collector turned out to be away. */
  readonly offer: (batch: Batch) => Effect.Effect<void>
  /** From now on each batch has one more attempt, and all of them together the time for the end. */
  readonly close: Effect.Effect<void>
}

/**
 * The wait after the nth failure in a row: doubling from 1 second to 30, of which half is by chance.
 *
 * **Example** (The collector asks for 5 seconds)
 *
 * ```ts import.meta.vitest
 * import { OtlpRelay } from "surety/telemetry"
 *
 * OtlpRelay.waitMillis(1, undefined, 1) // => 1000
 * OtlpRelay.waitMillis(9, undefined, 0) // => 15000
 * OtlpRelay.waitMillis(1, 5000, 0) // => 5000
 * OtlpRelay.waitMillis(1, 3_600_000, 0) // => 60000
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const waitMillis = (failures: number, askedMillis: number | undefined, random: number): number => {
  const most = Math.min(30_000, 1000 * 2 ** (failures - 1))
  return Math.max(most / 2 + (most / 2) * random, Math.min(askedMillis ?? 0, 60_000))
}

/**
 * Starts one sender per signal.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (client: HttpClient.HttpClient, bounds: Bounds): Effect.Effect<OtlpRelay, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    // monotonic: a wall clock that is set back in the last seconds must hold no program up
    const now = (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    const end: End = { atMillis: undefined, begun: Latch.makeUnsafe(false) }
    const lanes = new Map<TelemetryLoss.Kind, Lane>()
    for (const kind of TelemetryLoss.kinds) {
      const loss = yield* TelemetryLoss.make(kind, TelemetryLoss.exportReasons)
      const lane = new Lane(loss, client, bounds, end, now)
      lanes.set(kind, lane)
      yield* Effect.forkScoped(lane.run)
      yield* Effect.addFinalizer(() => Effect.sync(() => lane.abandon()))
    }
    return {
      offer: (batch) => lanes.get(batch.kind)?.offer(batch) ?? Effect.void,
      close: Effect.sync(() => {
        end.atMillis = now() + bounds.shutdownMillis
        end.begun.openUnsafe()
      })
    }
  })

/** @category services @since 0.1.0 */
export const OtlpRelay: Context.Service<OtlpRelay, OtlpRelay> = Context.Service<OtlpRelay>("surety/telemetry/OtlpRelay")

interface End {
  atMillis: number | undefined
  readonly begun: Latch.Latch
}

interface Entry extends Batch {
  settle: () => void
}

class Lane {
  readonly #loss: TelemetryLoss.TelemetryLoss
  readonly #client: HttpClient.HttpClient
  readonly #bounds: Bounds
  readonly #end: End
  readonly #now: () => number
  readonly #queue: Array<Entry> = []
  readonly #work = Latch.makeUnsafe(false)
  #bytes = 0
  #failures = 0
  #sending: Entry | undefined = undefined

  constructor(
    loss: TelemetryLoss.TelemetryLoss,
    client: HttpClient.HttpClient,
    bounds: Bounds,
    end: End,
    now: () => number
  ) {
    this.#loss = loss
    this.#client = client
    this.#bounds = bounds
    this.#end = end
    this.#now = now
  }

  offer(batch: Batch): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const entry: Entry = { ...batch, settle: () => resume(Effect.void) }
      this.#queue.push(entry)
      this.#bytes += entry.bytes
      this.#makeRoom()
      this.#work.openUnsafe()
      if (this.#loss.isFailing() && this.#end.atMillis === undefined) entry.settle()
    })
  }

  get run(): Effect.Effect<void> {
    return Effect.whileLoop({ while: () => true, body: () => this.#step, step: () => {} })
  }

  /** The program ends: what is still here is lost. */
  abandon(): void {
    for (const entry of this.#queue.splice(0)) {
      this.#loss.drop("shutdown", entry.items)
      entry.settle()
    }
    this.#bytes = 0
    this.#loss.end()
  }

  get #step(): Effect.Effect<void> {
    const entry = this.#queue[0]
    if (entry === undefined) {
      this.#work.closeUnsafe()
      return this.#work.await
    }
    const left = this.#end.atMillis === undefined ? Infinity : this.#end.atMillis - this.#now()
    if (left <= 0) return Effect.sync(() => this.#giveUp(entry, "shutdown"))
    this.#sending = entry
    return OtlpDelivery.send(this.#client, entry.request, Math.min(this.#bounds.attemptMillis, left)).pipe(
      Effect.flatMap((result) => {
        this.#sending = undefined
        return this.#conclude(entry, result)
      })
    )
  }

  #conclude(entry: Entry, result: OtlpDelivery.Result): Effect.Effect<void> {
    switch (result._tag) {
      case "Delivered":
        this.#failures = 0
        this.#remove(entry)
        this.#loss.delivered()
        this.#loss.drop("refused", Math.min(result.rejectedItems, entry.items))
        return Effect.void
      case "Refused":
        // not an outage of the network, yet nothing arrives
        this.#loss.failing("refused")
        return Effect.sync(() => this.#giveUp(entry, "refused"))
      case "Failed": {
        this.#failures++
        this.#loss.failing(result.reason)
        if (this.#end.atMillis !== undefined) return Effect.sync(() => this.#giveUp(entry, "shutdown"))
        if (entry.kind === "metrics") this.#giveUp(entry, result.reason)
        for (const { settle } of this.#queue) settle()
        return Random.next.pipe(
          Effect.flatMap((random) => Effect.sleep(waitMillis(this.#failures, result.askedMillis, random))),
          Effect.raceFirst(this.#end.begun.await)
        )
      }
    }
  }

  #makeRoom(): void {
    while (this.#bytes > this.#bounds.maxQueueBytes && this.#queue.length > 1) {
      const oldest = this.#queue[0] === this.#sending ? this.#queue[1] : this.#queue[0]
      if (oldest === undefined) return
      this.#giveUp(oldest, "queue_full")
    }
  }

  #giveUp(entry: Entry, reason: TelemetryLoss.Reason): void {
    if (this.#remove(entry)) this.#loss.drop(reason, entry.items)
  }

  #remove(entry: Entry): boolean {
    const at = this.#queue.indexOf(entry)
    if (at === -1) return false
    this.#queue.splice(at, 1)
    this.#bytes -= entry.bytes
    entry.settle()
    return true
  }
}
