/**
 * The metrics of a process as Prometheus reads them, over `effect/observability/PrometheusMetrics`, which lacks the checks
 * that keep one bad series from costing the whole scrape: two attributes that become one label, two metrics that become one
 * name, a value that cannot be read.
 *
 * A series that cannot be shown is left out, counted in `integration.telemetry.dropped{signal="metrics"}` and told once.
 *
 * Neighbours: `PrometheusEndpoint` serves it; `signals/ExportProfile` spells it.
 *
 * @source Prometheus exposition format 0.0.4
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as ExportProfile from "../signals/ExportProfile.ts"
import { isUnit } from "./OtlpShape.ts"
import * as SignalHelp from "./SignalHelp.ts"
import * as TelemetryLoss from "./TelemetryLoss.ts"

/**
 * **Details**   `profile`: how names are spelled, default `"effect"` (dots become underscores, nothing is added); `"otlp"` adds
 * units and `_total`, as a collector would.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly profile?: ExportProfile.ExportProfile
}

/**
 * Makes the function that writes the page.
 *
 * **Details**   It reads the metric registry of the context it is made in. Writing is synchronous: 1,000 histogram series are
 * about 2 MiB and 75 ms.
 *
 * **Example** (A counter, spelled two ways)
 *
 * ```ts import.meta.vitest
 * import { Effect, Metric } from "effect"
 * import { PrometheusText } from "surety/telemetry"
 *
 * const page = (profile: "effect" | "otlp") =>
 *   Effect.gen(function* () {
 *     yield* Metric.update(Metric.counter("orders.placed", { incremental: true }), 2)
 *     const write = yield* PrometheusText.make({ profile })
 *     return write().split("\n").filter((line) => line.startsWith("orders"))
 *   }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
 *
 * Effect.runSync(page("effect")) // => ["orders_placed 2"]
 * Effect.runSync(page("otlp")) // => ["orders_placed_total 2"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ profile = "effect" }: Options = {}): Effect.Effect<() => string> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const loss = yield* TelemetryLoss.make("metrics", TelemetryLoss.scrapeReasons)
    return () => {
      const page = new Page(profile, context)
      for (const series of Context.get(context, Metric.MetricRegistry).values()) page.add(series)
      loss.drop("collision", page.collisions)
      loss.drop("unreadable", page.unreadable)
      return PrometheusMetrics.formatUnsafe(Context.add(context, Metric.MetricRegistry, page.shown))
    }
  })

type Series = Metric.MetricRegistry extends Map<string, infer One> ? One : never

/** Label names that the format itself writes. */
const reserved: Readonly<Record<Metric.Metric.Type, string | undefined>> = {
  Counter: undefined,
  Gauge: undefined,
  Histogram: "le",
  Summary: "quantile",
  Frequency: "key"
}

class Page {
  readonly shown: Metric.MetricRegistry = new Map()
  collisions = 0
  unreadable = 0
  readonly #profile: ExportProfile.ExportProfile
  readonly #context: Context.Context<never>
  readonly #families = new Map<string, Series>()

  constructor(profile: ExportProfile.ExportProfile, context: Context.Context<never>) {
    this.#profile = profile
    this.#context = context
  }

  add(series: Series): void {
    const id = nameOf(this.#profile, series)
    const names = id === undefined ? [] : written(id, series.type)
    const state = this.#read(series)
    if (id === undefined || state === unread) {
      this.unreadable++
      return
    }
    const attributes = labelsOf(series)
    const key = `${id}${JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))}`
    if (this.shown.has(key) || names.some((name) => !this.#owns(name, series))) {
      this.collisions++
      return
    }
    for (const name of names) if (!this.#families.has(name)) this.#families.set(name, series)
    const hooks = { ...series.hooks, get: () => state }
    this.shown.set(key, {
      id,
      type: series.type,
      description: series.description ?? SignalHelp.of(series.id),
      attributes,
      hooks
    })
  }

  /** A name belongs to the metric that came first under it. */
  #owns(name: string, { id, type }: Series): boolean {
    const owner = this.#families.get(name)
    return owner === undefined || (owner.id === id && owner.type === type)
  }

  /** A gauge that throws costs its own series only. */
  #read({ hooks }: Series): unknown {
    try {
      return hooks.get(this.#context)
    } catch {
      return unread
    }
  }
}

const unread = Symbol("unread")

const kinds: Readonly<Record<Metric.Metric.Type, "counter" | "gauge" | "histogram">> = {
  Counter: "counter",
  Gauge: "gauge",
  Histogram: "histogram",
  Summary: "histogram",
  Frequency: "counter"
}

/** The name in the spelling of a profile; undefined when nothing of it can be written. */
const nameOf = (profile: ExportProfile.ExportProfile, { attributes, id, type }: Series): string | undefined => {
  const unit = attributes?.["unit"] ?? attributes?.["time_unit"]
  const name = clean(ExportProfile.metric(profile, { name: id, kind: kinds[type], unit }))
  return name === "" ? undefined : name
}

/** As `PrometheusMetrics` will write it, so that names that become one are seen here. */
const clean = (name: string): string => {
  const plain = name
    .replace(/[^A-Za-z0-9_:]/g, "_")
    .replace(/_+/g, "_")
    .replace(/_$/, "")
  return /^[0-9:]/.test(plain) ? `_${plain}` : plain
}

/** Every name under which a metric has samples. */
const written = (name: string, type: Metric.Metric.Type): ReadonlyArray<string> =>
  type === "Histogram" || type === "Summary" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]

/** Attributes as labels: no two of one name, none that the format uses itself. The values of two that become one are joined. */
const labelsOf = ({ attributes = {}, type }: Series): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {}
  const taken = reserved[type]
  for (const [attribute, value] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isUnit(attribute)) continue
    const plain = clean(attribute.replaceAll(":", "_")).replace(/^_+/, "")
    const name = plain === "" || plain === taken || /^[0-9]/.test(plain) ? `exported_${plain}` : plain
    const before = Object.hasOwn(labels, name) ? labels[name] : undefined
    labels[name] = before === undefined ? String(value) : `${before};${String(value)}`
  }
  return labels
}
