/**
 * What is computed once so that alerts and dashboards can ask cheaply: bad and counted calls of every window, their ratio, and
 * what is left of the budget.
 *
 * Windows of up to two hours are counted from the source; longer ones are summed from the counts of shorter ones, in
 * proportion to traffic, which a mean of ratios is not.
 *
 * Neighbours: `Slo` has the expressions; `Ops` puts the groups into a file.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as HttpExchange from "surety/signals/HttpExchange"
import * as SignalName from "surety/signals/SignalName"
import type { Options } from "./Options.ts"
import * as Query from "./Query.ts"
import * as Slo from "./Slo.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * **Details**   `interval`: how often; the server's own when `undefined`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Group {
  readonly name: string
  readonly interval: string | undefined
  readonly rules: ReadonlyArray<RecordingRule>
}

/**
 * The groups of a contract, in the order in which they need each other; none where no operation is called.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: Options = {}): ReadonlyArray<Group> => {
  if (Object.keys(contract.operations).length === 0) return []
  const query = Query.make(contract, options)
  const objectives = Slo.objectives(contract)
  const attempts = attemptRules(query)
  return [
    ...objectives.map((objective) => ({
      name: groupName(contract, objective.slo),
      interval: undefined,
      rules: windowRules(query, objective)
    })),
    {
      name: groupName(contract, "budget"),
      interval: "5m",
      rules: [...objectives.flatMap((objective) => budgetRules(query, objective)), ...attempts]
    }
  ]
}

/**
 * The name of a group of rules in a provider's file.
 *
 * @category getters
 * @since 0.1.0
 */
export const groupName = (contract: Contract.Any, part: string): string => `${contract.id} ${part}`

const windowRules = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<RecordingRule> => {
  const labels = { ...query.identity, slo: objective.slo }
  return Slo.recordedWindows(objective, query.options).flatMap(({ millis, window }) => {
    const summed = millis > Slo.countedMillis
    const sum = (what: "bad" | "total"): RecordingRule => ({
      record: Slo.recordName(what, window),
      expr: summed ? summedOver(query, objective, what, window, millis) : Slo[what](query, objective, window),
      labels
    })
    return [sum("bad"), sum("total"), ratioRule(query, objective, window)]
  })
}

const summedOver = (
  query: Query.Query,
  objective: Slo.Objective,
  what: "bad" | "total",
  window: string,
  millis: number
): string => {
  const piece = Query.duration(Slo.pieceMillis(millis))
  return `sum_over_time(${Slo.recorded(query, objective, what, piece)}[${window}:${piece}])`
}

const ratioRule = (query: Query.Query, objective: Slo.Objective, window: string): RecordingRule => ({
  record: Slo.recordName("error", window),
  expr: `${Slo.recorded(query, objective, "bad", window)} / (${Slo.recorded(query, objective, "total", window)} > 0)`,
  labels: { ...query.identity, slo: objective.slo }
})

const budgetRules = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<RecordingRule> => {
  const window = Query.duration(objective.windowMillis)
  const labels = { ...query.identity, slo: objective.slo }
  const sum = (what: "bad" | "total"): RecordingRule => ({
    record: Slo.recordName(what, window),
    expr: summedOver(query, objective, what, window, objective.windowMillis),
    labels
  })
  // a window of the ladder is recorded already
  const known = Slo.recordedWindows(objective, query.options).some((one) => one.window === window)
  return [
    ...(known ? [] : [sum("bad"), sum("total"), ratioRule(query, objective, window)]),
    {
      record: Slo.budgetRemaining,
      expr: `1 - ${Slo.recorded(query, objective, "error", window)} / ${Query.number(objective.budget)}`,
      labels
    }
  ]
}

/** Statuses, each or folded to `5xx`, and codes that a provider answers for; a caller's mistake is not among them. */
const providerErrors = "5..|timeout|dns|connect_refused|tls|reset|body_truncated|decode"

/**
 * What the provider itself did, attempt by attempt and before any retry: evidence for its own promise, and never a reason to
 * wake anybody, because an open circuit ends the attempts and with them the errors.
 */
const attemptRules = (query: Query.Query): ReadonlyArray<RecordingRule> => {
  const { contract } = query
  const isHttp = Object.values(contract.operations).some((one) => HttpExchange.endpointOf(one) !== undefined)
  if (!isHttp || contract.signals.detail === "fault") return []
  const all = query.series(SignalName.requestDuration, [], "count")
  const failed = query.series(SignalName.requestDuration, [[SignalName.errorType, "=~", providerErrors]], "count")
  return ["1h", "1d"].map((window) => ({
    record: `integration:provider_error:ratio${window}`,
    expr: `sum(increase(${failed}[${window}])) / (sum(increase(${all}[${window}])) > 0)`,
    labels: query.identity
  }))
}
