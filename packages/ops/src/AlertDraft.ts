/**
 * What an alert says of itself; the labels, links and tests that all alerts have alike are filled in here.
 *
 * Neighbours: the files of `alerts/` write drafts; `Alert` is the result.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Alert from "./Alert.ts"
import * as Options from "./Options.ts"
import type * as Query from "./Query.ts"
import * as Severity from "./Severity.ts"

/**
 * A test as an alert writes it.
 *
 * **Details**   `labels`: those that the expression's result has when it fires. `expect`: everything that fires, where that is
 * more than this alert. Without both it stays silent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Trial {
  readonly title: string
  readonly atMinutes: number
  readonly inputs: ReadonlyArray<Alert.Input>
  readonly labels?: Readonly<Record<string, string>>
  readonly expect?: ReadonlyArray<Alert.Fired>
}

/**
 * **Details**   `part` tells alerts of one name apart. `summary` may name labels as `{{ $labels.x }}` and never a value, so that
 * it stays the same while the alert fires. `standing`: `escalates` when another alert of the name is the ticket before it.
 * `damage`: pairs of what the expression has and what is put there; each must make the test of that title fail.
 *
 * @category models
 * @since 0.1.0
 */
export interface Draft {
  readonly name: string
  readonly part?: string
  readonly summary: string
  readonly meaning: string
  readonly expr: string
  readonly forMinutes?: number
  readonly keepFiringForMinutes?: number
  readonly severity: Alert.Severity
  readonly standing?: "alone" | "escalates"
  readonly labels?: Readonly<Record<string, string>>
  readonly trials: ReadonlyArray<Trial>
  readonly damage: ReadonlyArray<Damage>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Damage {
  readonly from: string
  readonly to: string
  readonly caughtBy: string
}

/**
 * The alert of a draft; none when a provider of this criticality does without.
 *
 * **Failures**   `RangeError` when damage changes nothing, or names a test that is not there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query, draft: Draft): ReadonlyArray<Alert.Alert> => {
  const { contract, options } = query
  const severity = Severity.decide(contract.criticality, draft.severity, draft.standing ?? "alone")
  if (severity === "none") return []
  const dashboard = Options.dashboardUrl(contract, options)
  const labels = {
    ...query.identity,
    ...draft.labels,
    severity,
    owner: contract.owner,
    criticality: contract.criticality
  }
  const annotations = {
    summary: `${template(contract.id)}: ${draft.summary}`,
    description: template(draft.meaning),
    runbook_url: template(Options.runbookUrl(contract, options, draft.name)),
    ...(dashboard === undefined ? {} : { dashboard_url: template(dashboard) })
  }
  return [
    {
      id: draft.part === undefined ? draft.name : `${draft.name} ${draft.part}`,
      name: draft.name,
      meaning: draft.meaning,
      expr: draft.expr,
      for: minutes(draft.forMinutes),
      keepFiringFor: minutes(draft.keepFiringForMinutes),
      labels,
      annotations,
      tests: draft.trials.map((trial) => test({ labels, annotations }, trial)),
      mutations: draft.damage.map((damage) => mutate(draft, damage))
    }
  ]
}

/**
 * A template of Prometheus that says this text, whatever it holds.
 *
 * **Example** (A name that looks like a template)
 *
 * ```ts import.meta.vitest
 * import * as AlertDraft from "@surety/ops/AlertDraft"
 *
 * AlertDraft.template("acme/{{ $value }}") // => 'acme/{{ "{{" }} $value }}'
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const template = (plain: string): string => plain.replaceAll("{{", '{{ "{{" }}')

/**
 * What somebody reads when an alert fires on a result with these labels.
 *
 * @category rules
 * @since 0.1.0
 */
export const fired = (
  alert: Pick<Alert.Alert, "annotations" | "labels">,
  result: Readonly<Record<string, string>>
): Alert.Fired => {
  const labels = { ...result, ...alert.labels }
  const render = (text: string): string =>
    text.replace(/\{\{ (?:\$labels\.(\w+)|"\{\{") \}\}/g, (_, name: string | undefined) =>
      name === undefined ? "{{" : (labels[name] ?? "")
    )
  return {
    labels,
    annotations: Object.fromEntries(Object.entries(alert.annotations).map(([name, text]) => [name, render(text)]))
  }
}

const test = (alert: Pick<Alert.Alert, "annotations" | "labels">, trial: Trial): Alert.Test => {
  const expect = trial.expect ?? (trial.labels === undefined ? [] : [fired(alert, trial.labels)])
  const { atMinutes, inputs, title } = trial
  return { kind: expect.length === 0 ? "negative" : "positive", title, atMinutes, inputs, expect }
}

const mutate = ({ expr, name, trials }: Draft, { caughtBy, from, to }: Damage): Alert.Mutation => {
  if (!expr.includes(from)) throw new RangeError(`${name}: no '${from}' in ${expr}`)
  if (!trials.some(({ title }) => title === caughtBy)) throw new RangeError(`${name}: no test '${caughtBy}'`)
  return { what: `${from} becomes ${to}`, expr: expr.replaceAll(from, to), caughtBy }
}

const minutes = (of: number | undefined): string | undefined =>
  of === undefined ? undefined : of % 1440 === 0 ? `${of / 1440}d` : of % 60 === 0 ? `${of / 60}h` : `${of}m`
