/**
 * What no server checks: that rules ask for metrics which the framework emits, that a bound is an edge of its histogram, that
 * nothing of one provider silences another, that every alert can be trusted and looked up.
 *
 * `promtool check rules` and `amtool check-config` read the syntax; both take a metric that nobody emits.
 *
 * Neighbours: `surety check` prints what is found here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as CredentialSeries from "surety/signals/CredentialSeries"
import * as ExportProfile from "surety/signals/ExportProfile"
import type { Series } from "surety/signals/Series"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "./Alert.ts"
import * as AlertManager from "./AlertManager.ts"
import * as AlertRules from "./AlertRules.ts"
import type { Options } from "./Options.ts"
import * as Query from "./Query.ts"
import * as QueueSignal from "./QueueSignal.ts"
import * as RecordingRules from "./RecordingRules.ts"
import * as Slo from "./Slo.ts"

/**
 * What is looked at.
 *
 * **Details**   `series`: what the framework emits.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  readonly contract: Contract.Any
  readonly options: Options
  readonly series: ReadonlyArray<Emitted>
  readonly groups: ReadonlyArray<RecordingRules.Group>
  readonly alerts: ReadonlyArray<Alert.Alert>
  readonly inhibitions: ReadonlyArray<AlertManager.Inhibition>
}

/**
 * A series of a contract, or of a queue in front of it.
 *
 * @category models
 * @since 0.1.0
 */
export type Emitted = Pick<Series, "bounds" | "kind" | "name" | "unit">

/**
 * Everything that is generated for a contract.
 *
 * @category constructors
 * @since 0.1.0
 */
export const subjectOf = (contract: Contract.Any, options: Options = {}): Subject => ({
  contract,
  options,
  series: seriesOf(contract, options),
  groups: RecordingRules.make(contract, options),
  alerts: AlertRules.make(contract, options),
  inhibitions: AlertManager.inhibitions(options)
})

/**
 * What is wrong, one sentence for each; nothing when all is well.
 *
 * **Example** (Nothing)
 *
 * ```ts import.meta.vitest
 * import { Lint } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * Lint.check(Lint.subjectOf(Stripe.contract)) // => []
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (subject: Subject): ReadonlyArray<string> => [
  ...subject.alerts.flatMap(checkAlert),
  ...twice(subject.alerts.map(({ id }) => id)).map((id) => `${id}: two alerts have this id`),
  ...checkMetrics(subject),
  ...checkBounds(subject),
  ...checkInhibitions(subject)
]

const checkAlert = ({ annotations, id, labels, mutations, tests }: Alert.Alert): ReadonlyArray<string> => [
  ...["severity", "owner", "criticality", "integration_provider_name"]
    .filter((name) => (labels[name] ?? "") === "")
    .map((name) => `${id}: the label ${name} is missing`),
  ...["summary", "description", "runbook_url"]
    .filter((name) => (annotations[name] ?? "") === "")
    .map((name) => `${id}: the annotation ${name} is missing`),
  ...(["positive", "negative"] as const)
    .filter((kind) => !tests.some((test) => test.kind === kind))
    .map((kind) => `${id}: no ${kind} test`),
  ...twice(tests.map(({ title }) => title)).map((title) => `${id}: two tests are called '${title}'`),
  ...(mutations.length === 0 ? [`${id}: nothing proves that its tests bite`] : [])
]

const seriesOf = (contract: Contract.Any, { queues }: Options): ReadonlyArray<Emitted> => {
  const { credentials, id } = contract
  const credential = credentials._tag === "NoCredential" ? undefined : credentials.name
  return [
    ...SeriesCatalog.of(contract),
    ...(credential === undefined ? [] : CredentialSeries.of(id, credential)),
    ...(queues === undefined
      ? []
      : [QueueSignal.depth, QueueSignal.oldestAge, QueueSignal.messages].map((signal) => ({ ...signal, bounds: [] })))
  ]
}

/** The metrics that exist, by the names they are scraped and recorded under. */
const known = ({ groups, options, series }: Subject): ReadonlySet<string> =>
  new Set([
    ...series.flatMap((one) => ExportProfile.scraped(options.profile ?? "effect", one)),
    ...groups.flatMap(({ rules }) => rules.map(({ record }) => record))
  ])

const checkMetrics = (subject: Subject): ReadonlyArray<string> => {
  const names = known(subject)
  const unknown = (where: string, expr: string): ReadonlyArray<string> =>
    [...Query.metricsOf(expr)].filter((name) => !names.has(name)).map((name) => `${where}: nobody emits ${name}`)
  return [
    ...subject.groups.flatMap(({ name, rules }) =>
      rules.flatMap(({ expr, record }) => unknown(`${name} ${record}`, expr))
    ),
    ...subject.alerts.flatMap((alert) => [
      ...unknown(alert.id, alert.expr),
      ...alert.tests.flatMap(({ inputs, title }) =>
        inputs.flatMap(({ series }) => unknown(`${alert.id} ${title}`, series))
      )
    ])
  ]
}

const checkBounds = ({ contract, series }: Subject): ReadonlyArray<string> => {
  const { name } = SignalName.operationDuration
  const histograms = series.filter((one) => one.name === name)
  return Slo.objectives(contract).flatMap(({ boundSeconds, slo }) =>
    boundSeconds === undefined || histograms.every(({ bounds }) => bounds.includes(boundSeconds))
      ? []
      : [`${slo}: ${boundSeconds} s is no edge of ${name}, so that no rule can count what was slower`]
  )
}

const checkInhibitions = ({ inhibitions, options }: Subject): ReadonlyArray<string> =>
  inhibitions.flatMap(({ equal, source_matchers }) =>
    AlertManager.deployment(options)
      .filter((label) => !equal.includes(label))
      .map((label) => `${source_matchers.join(", ")}: silences alerts of another ${label} too`)
  )

const twice = (names: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(names.filter((name, at) => names.indexOf(name) !== at))
]
