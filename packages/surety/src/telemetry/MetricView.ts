/**
 * The metric registry as an exporter that pushes should see it: with the last state of series that were taken away since it
 * looked before. A provider takes its series away when its layer closes, which is before the layer below it sends the last
 * reading; without this a program of a few seconds would export nothing of what it did.
 *
 * Neighbours: `OtlpExport` and `@surety/opentelemetry` read through it. A page that is scraped needs none.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as TelemetryLoss from "./TelemetryLoss.ts"

type Series = Metric.MetricRegistry extends Map<string, infer One> ? One : never
type Listener = (key: string, series: Series) => void

/**
 * A view of the registry of the context it is made in, until the scope closes.
 *
 * **Details**   A series that was taken away is seen once more, with the state it had then, by the next reading. A series whose
 * value cannot be read is left out of a reading and counted: otherwise it would cost the whole of it.
 *
 * **Gotchas**   From the first view on, the registry tells its listeners what is deleted from it.
 *
 * **Example** (A counter that is gone is read once)
 *
 * ```ts import.meta.vitest
 * import { Context, Effect, Metric } from "effect"
 * import { MetricView } from "surety/telemetry"
 *
 * const program = Effect.gen(function* () {
 *   const view = yield* MetricView.make
 *   const context = yield* Effect.context<never>()
 *   const orders = Metric.counter("orders", { incremental: true })
 *   Metric.registerUnsafe(orders, context, { get: () => ({ count: 3, incremental: true }), update() {}, modify() {} }).remove()
 *   const seen = Context.add(context, Metric.MetricRegistry, view)
 *   const read = () => Metric.snapshotUnsafe(seen).filter(({ id }) => id === "orders").length
 *   return [read(), read()]
 * })
 * Effect.runSync(program.pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))) // => [1, 0]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Metric.MetricRegistry, never, Scope.Scope> = Effect.acquireRelease(
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.map(TelemetryLoss.make("metrics", ["unreadable"]), (loss) => new View(context, loss))
  ),
  (view) => Effect.sync(() => view.close())
)

class View extends Map<string, Series> {
  readonly #context: Context.Context<never>
  readonly #live: Metric.MetricRegistry
  readonly #loss: TelemetryLoss.TelemetryLoss
  readonly #departed = new Map<string, Series>()
  readonly #listeners: Set<Listener>
  readonly #listener: Listener

  constructor(context: Context.Context<never>, loss: TelemetryLoss.TelemetryLoss) {
    super()
    this.#context = context
    this.#live = Context.get(context, Metric.MetricRegistry)
    this.#loss = loss
    this.#listeners = listenersOf(this.#live)
    this.#listener = (key, series) => {
      const last = this.#read(series)
      if (last !== undefined) this.#departed.set(key, last)
    }
    this.#listeners.add(this.#listener)
  }

  close(): void {
    this.#listeners.delete(this.#listener)
  }

  override values(): MapIterator<Series> {
    const all = new Map(this.#departed)
    this.#departed.clear()
    let unreadable = 0
    for (const [key, series] of this.#live) {
      const now = this.#read(series)
      if (now === undefined) unreadable++
      else all.set(key, now)
    }
    this.#loss.drop("unreadable", unreadable)
    return all.values()
  }

  /** A series with the state it has now. */
  #read(series: Series): Series | undefined {
    try {
      const state: unknown = series.hooks.get(this.#context)
      return { ...series, hooks: { ...series.hooks, get: () => state } }
    } catch {
      return undefined
    }
  }

  // metrics that the exporter's own fiber registers belong to everybody

  override get(key: string): Series | undefined {
    return this.#live.get(key)
  }

  override has(key: string): boolean {
    return this.#live.has(key)
  }

  override set(key: string, series: Series): this {
    this.#live.set(key, series)
    return this
  }

  override delete(key: string): boolean {
    return this.#live.delete(key)
  }
}

const heard = new WeakMap<Metric.MetricRegistry, Set<Listener>>()

const listenersOf = (registry: Metric.MetricRegistry): Set<Listener> => {
  const known = heard.get(registry)
  if (known !== undefined) return known
  const listeners = new Set<Listener>()
  heard.set(registry, listeners)
  const remove = registry.delete.bind(registry)
  registry.delete = (key) => {
    const series = listeners.size === 0 ? undefined : registry.get(key)
    if (series !== undefined) for (const listener of listeners) listener(key, series)
    return remove(key)
  }
  return listeners
}
