/**
 * What no server checks: that rules and panels ask for series which the framework emits, that a bound is an edge of its histogram,
 * that nothing of one provider silences another, that every alert can be trusted and looked up.
 *
 * `promtool check rules` and `amtool check-config` read the syntax; both take a metric or a label that nobody emits.
 *
 * Neighbours: `Vocabulary` knows which series there are; `surety check` prints what is found here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { Series } from "surety/signals/Series"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "./Alert.ts"
import * as AlertManager from "./AlertManager.ts"
import * as AlertRules from "./AlertRules.ts"
import * as Dashboard from "./Dashboard.ts"
import type { Options } from "./Options.ts"
import * as RecordingRules from "./RecordingRules.ts"
import * as Slo from "./Slo.ts"
import * as Vocabulary from "./Vocabulary.ts"

/**
 * What is looked at.
 *
 * **Details**   `series`: what the framework emits. `panels`: the queries of the dashboard.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  readonly contract: Contract.Any
  readonly options: Options
  readonly series: ReadonlyArray<Series>
  readonly groups: ReadonlyArray<RecordingRules.Group>
  readonly alerts: ReadonlyArray<Alert.Alert>
  readonly inhibitions: ReadonlyArray<AlertManager.Inhibition>
  readonly panels: ReadonlyArray<string>
}

/**
 * Everything that is generated for a contract.
 *
 * @category constructors
 * @since 0.1.0
 */
export const subjectOf = (contract: Contract.Any, options: Options = {}): Subject => ({
  contract,
  options,
  series: Vocabulary.seriesOf(contract, options),
  groups: RecordingRules.make(contract, options),
  alerts: AlertRules.make(contract, options),
  inhibitions: AlertManager.inhibitions(options),
  panels: Dashboard.make(contract, options).expressions
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

const checkMetrics = ({ alerts, groups, options, panels, series }: Subject): ReadonlyArray<string> => {
  const known = Vocabulary.make(series, groups, options)
  const wrong = (where: string, expr: string): ReadonlyArray<string> =>
    Vocabulary.check(known, expr).map((what) => `${where}: ${what}`)
  return [
    ...groups.flatMap(({ name, rules }) => rules.flatMap(({ expr, record }) => wrong(`${name} ${record}`, expr))),
    ...alerts.flatMap((alert) => [
      ...wrong(alert.id, alert.expr),
      ...alert.tests.flatMap(({ inputs, title }) =>
        inputs.flatMap(({ series }) => wrong(`${alert.id} ${title}`, series))
      )
    ]),
    ...panels.flatMap((expr) => wrong("dashboard", expr))
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
