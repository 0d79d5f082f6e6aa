/**
 * A test of an application's telemetry: its layers are started, the metrics are scraped once, and every series that its
 * contracts promise, or that a rule or a dashboard names, must be there, at 0.
 *
 * An alert over a series that does not exist never fires, and one over a series that is born at 1 misses the first event:
 * neither is seen until the night it matters.
 *
 * Neighbours: `signals/SeriesCatalog` lists what a contract promises; `@surety/ops` what its rules name.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import type * as Contract from "../Contract.ts"
import * as CredentialSeries from "../signals/CredentialSeries.ts"
import * as ExportProfile from "../signals/ExportProfile.ts"
import * as QueueSeries from "../signals/QueueSeries.ts"
import * as Selector from "../signals/Selector.ts"
import type { Series } from "../signals/Series.ts"
import * as SeriesCatalog from "../signals/SeriesCatalog.ts"
import * as SignalName from "../signals/SignalName.ts"
import * as PrometheusText from "../telemetry/PrometheusText.ts"
import * as TelemetryContractPage from "./TelemetryContractPage.ts"

/**
 * What is not as promised.
 *
 * **Details**   `because`: `absent` (no series matches), `not_zero` (a counter or histogram that starts above 0),
 * `no_bucket` (a histogram without one of its bounds), `unreadable` (the selector is no name with matchers), `malformed` (a
 * line for which Prometheus refuses the page).
 *
 * @category models
 * @since 0.1.0
 */
export const Gap = Schema.Struct({
  selector: Schema.String,
  because: Schema.Literals(["absent", "not_zero", "no_bucket", "unreadable", "malformed"])
})
/** @category models @since 0.1.0 */
export interface Gap extends Schema.Schema.Type<typeof Gap> {}

/**
 * The scrape does not show what was promised.
 *
 * @category failures
 * @since 0.1.0
 */
export class TelemetryGap extends Schema.TaggedError<TelemetryGap>()("TelemetryGap", {
  profile: Schema.Literals(ExportProfile.profiles),
  gaps: Schema.Array(Gap)
}) {
  override get message(): string {
    const lines = this.gaps.slice(0, shown).map(({ because, selector }) => `${words[because]}: ${selector}`)
    const more = this.gaps.length - lines.length
    return [
      `${this.gaps.length} series are not on the first scrape as promised (profile "${this.profile}")`,
      ...lines,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...hintsOf(this)
    ].join("\n  ")
  }
}

const isOfCredential = ({ because, selector }: Gap): boolean =>
  because === "absent" && /^integration[._]credential[._]/.test(selector)

const ofFixedKey =
  'A key without a Lifecycle exports none of them: if this is one, say credential: "fixed" here, to Ops.selectorsOf and to surety'

const ofNoLayer =
  "Nothing registers a provider of them here: check takes the layers of the application, and those of its providers among them"

const ofOtherContract =
  "A provider is here under another contract: give check the class that its layer is of, and no copy of its contract"

/** What to do, where the gaps have one cause. */
const hintsOf = ({ gaps, profile }: TelemetryGap): ReadonlyArray<string> => {
  const other = ExportProfile.profiles.find((one) => one !== profile && gaps.some(isSpelled(one, profile)))
  if (other !== undefined) {
    return [`Some are spelled as profile "${other}" has them: say one profile here, to Ops.selectorsOf and to surety`]
  }
  if (gaps.length > 0 && gaps.every(isOfCredential)) return [ofFixedKey]
  const lacks = (signal: SignalName.Signal): boolean =>
    gaps.some(
      ({ because, selector }) =>
        because === "absent" && selector.startsWith(`${ExportProfile.metric(profile, signal)}{`)
    )
  if (!lacks(SignalName.contractInfo)) return []
  return [lacks(SignalName.circuitState) ? ofNoLayer : ofOtherContract]
}

/** Whether a selector's metric is one that a profile has, and another profile has not. */
const isSpelled = (one: ExportProfile.ExportProfile, other: ExportProfile.ExportProfile): ((gap: Gap) => boolean) => {
  const signals = Object.values(SignalName).filter(
    (value): value is SignalName.Signal => typeof value === "object" && "kind" in value
  )
  const others = new Set(signals.flatMap((signal) => ExportProfile.scraped(other, signal)))
  const names = new Set(
    signals.flatMap((signal) => ExportProfile.scraped(one, signal)).filter((name) => !others.has(name))
  )
  return ({ because, selector }) => because === "absent" && names.has(/^[A-Za-z0-9_:]*/.exec(selector)?.[0] ?? "")
}

/**
 * **Details**   `contracts`: providers of the application, or their contracts. `credential`: whether their secrets have a
 * `Lifecycle` (default `"managed"`) or are `"fixed"` keys, of which nothing is exported. `queues`: names of the queues in front
 * of a provider, by its id; each promises what `QueueSignals` of `surety/telemetry` registers. `selectors`: what else must be
 * there, as rules name it; `Ops.selectorsOf(contract)` of `@surety/ops` has all that are generated. `profile`: how names are
 * spelled, default `"effect"`. `scrape`: reads the page from the started application, by default without a port; give one to
 * test the endpoint itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<out A = never, out E = never> {
  readonly contracts: ReadonlyArray<Contract.Any | { readonly contract: unknown }>
  readonly credential?: "managed" | "fixed"
  readonly queues?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly selectors?: ReadonlyArray<string>
  readonly profile?: ExportProfile.ExportProfile
  readonly scrape?: Effect.Effect<string, E, A>
}

/**
 * What was found.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scraped {
  readonly series: number
  readonly page: string
}

/**
 * Starts an application in a metric registry of its own, scrapes it once and compares.
 *
 * **When to use**   In a test of the application, with its real layers over a transport that is never used.
 *
 * **Details**   Gauges must exist; counters and histograms must exist and be 0, histograms with every bound, and so must what
 * a selector finds. Only `integration.credential.refreshes{outcome="success"}` may be above 0: the first secret is got while
 * the application starts.
 *
 * **Failures**   `TelemetryGap`; what the layers fail with; what `scrape` fails with.
 *
 * **Example** (A rule names a series with a spelling mistake)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer } from "effect"
 * import { TelemetryContract } from "surety/testing"
 *
 * const gap = await Effect.runPromise(
 *   Effect.flip(TelemetryContract.check(Layer.empty, { contracts: [], selectors: ["integration_atempts"] }))
 * )
 * gap.gaps // => [{ selector: "integration_atempts", because: "absent" }]
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const check = <A, E = never, R = never, E2 = never>(
  app: Layer.Layer<A, E, R>,
  options: Options<A, E2>
): Effect.Effect<Scraped, TelemetryGap | E | E2, R> => {
  const profile = options.profile ?? "effect"
  const scrape = options.scrape ?? Effect.map(PrometheusText.make({ profile }), (write) => write())
  return Effect.gen(function* () {
    const context = yield* Layer.build(app)
    const page = yield* Effect.provideContext(scrape, context as Context.Context<A>)
    const read = TelemetryContractPage.read(page)
    const promised = [
      ...options.contracts.flatMap((one) =>
        promisedBy(("contract" in one ? one.contract : one) as Contract.Any, options.credential ?? "managed")
      ),
      ...Object.entries(options.queues ?? {}).flatMap(([provider, names]) =>
        names.flatMap((name) => QueueSeries.of(provider, name))
      )
    ]
    const gaps = [
      ...read.malformed.map((line): Gap => ({ selector: `line ${line}`, because: "malformed" })),
      ...promised.flatMap((series) => gapsOf(read, profile, series)),
      ...(options.selectors ?? []).flatMap((text) => gapOf(read, profile, text))
    ]
    if (gaps.length > 0) return yield* new TelemetryGap({ profile, gaps })
    const series = [...read.samples.values()].reduce((sum, samples) => sum + samples.length, 0)
    return { series, page }
  }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
}

/** Of a list that is too long to read, the first. */
const shown = 20

const words: Readonly<Record<Gap["because"], string>> = {
  absent: "absent",
  not_zero: "not 0 at the start",
  no_bucket: "no such bucket",
  unreadable: "not a name with matchers",
  malformed: "not valid"
}

const promisedBy = (contract: Contract.Any, credential: "managed" | "fixed"): ReadonlyArray<Series> => [
  ...SeriesCatalog.of(contract),
  ...(credential === "fixed" || contract.credentials._tag === "NoCredential"
    ? []
    : CredentialSeries.of(contract.id, contract.credentials.name))
]

const gapOf = (
  page: TelemetryContractPage.Page,
  profile: ExportProfile.ExportProfile,
  text: string
): ReadonlyArray<Gap> => {
  const selector = Selector.parse(text)
  if (selector === undefined) return [{ selector: text, because: "unreadable" }]
  const found = TelemetryContractPage.select(page, selector)
  if (found.length === 0) return [{ selector: text, because: "absent" }]
  const early = ExportProfile.metric(profile, SignalName.credentialRefreshes)
  const born = found.filter(
    (one) =>
      one.value !== 0 &&
      TelemetryContractPage.counts(page, one) &&
      !(one.name === early && one.labels.get("outcome") === "success")
  )
  return born.length === 0 ? [] : [{ selector: text, because: "not_zero" }]
}

const gapsOf = (
  page: TelemetryContractPage.Page,
  profile: ExportProfile.ExportProfile,
  series: Series
): ReadonlyArray<Gap> => {
  const labels = Object.entries(ExportProfile.labels(profile, series.attributes))
  const matchers = labels.map(([label, value]): Selector.Matcher => ({
    label,
    operator: "=",
    value,
    matches: (given) => given === value
  }))
  const inside = labels.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")
  return ExportProfile.scraped(profile, series).flatMap((name): ReadonlyArray<Gap> => {
    const selector = `${name}{${inside}}`
    const found = TelemetryContractPage.select(page, { text: selector, name, matchers })
    if (found.length === 0) return [{ selector, because: "absent" }]
    if (series.kind !== "gauge" && !CredentialSeries.isEarly(series) && found.some(({ value }) => value !== 0)) {
      return [{ selector, because: "not_zero" }]
    }
    if (!name.endsWith("_bucket") || series.kind !== "histogram") return []
    const bounds = new Set(found.map(({ labels }) => Number(labels.get("le")?.replace("+Inf", "Infinity"))))
    return [...series.bounds, Infinity]
      .filter((bound) => !bounds.has(bound))
      .map((bound) => ({ selector: `${name}{${inside},le="${bound}"}`, because: "no_bucket" }))
  })
}
