/**
 * Alerts about what callers get: a budget that burns too fast, a budget that is gone, answers that come too late.
 *
 * Neighbours: `Slo` decides what is bad; `CircuitAlerts` and its neighbours explain why it is.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Endings from "surety/signals/Endings"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Slo from "../Slo.ts"
import * as Demand from "./Demand.ts"

/** @category names @since 0.1.0 */
export const burn = "IntegrationSloBurn"

/** @category names @since 0.1.0 */
export const exhausted = "IntegrationBudgetExhausted"

/** @category names @since 0.1.0 */
export const latency = "IntegrationLatencyBudget"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => {
  const objectives = Slo.objectives(query.contract)
  return [
    ...objectives.flatMap((objective) => burnAlerts(query, objective)),
    ...objectives.flatMap((objective) => exhaustedAlert(query, objective)),
    ...objectives.flatMap((objective) => latencyAlert(query, objective))
  ]
}

const percent = (share: number): string => `${Query.number(share * 100)} %`

const goalOf = ({ boundSeconds, objective, windowMillis }: Slo.Objective): string =>
  `${percent(objective)} of calls ${boundSeconds === undefined ? "succeed" : `are answered within ${boundSeconds} s`}, over ${Query.duration(windowMillis)}`

// --- burn ----------------------------------------------------------------------------------

const burnAlerts = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<Alert.Alert> => {
  // a provider of low criticality does without pages: what it does not have tells nobody
  const windows = Slo.windows(objective, query.options).filter(
    (window) => AlertDraft.make(query, burnDraft(query, objective, window)).length > 0
  )
  const low = 0.9 * Math.min(...windows.map(({ threshold }) => threshold))
  return windows.flatMap((window, at) => {
    const faster = windows[at - 1]
    const atMinutes = window.forMinutes < 10 ? 12 : lateMinutes(window.forMinutes, window.longMillis)
    const guard = `>= ${window.minBad}`
    // one of twenty is over the threshold, and only the number of bad calls speaks against it
    const isGuarded = window.minBad > 2 && window.forMinutes < 10 && window.threshold < 0.05
    const past = faster === undefined ? undefined : outage(query, objective, window, faster)
    return AlertDraft.make(query, {
      ...burnDraft(query, objective, window, faster),
      trials: [
        { title: burning, atMinutes, inputs: calls(query, objective, shareFor(window, faster)), labels: {} },
        { title: simmering, atMinutes, inputs: calls(query, objective, low) },
        ...(isGuarded ? [{ title: lonely, atMinutes: 19, inputs: oneOfTwenty(query, objective) }] : []),
        ...(past === undefined ? [] : [past])
      ],
      damage: [
        { from: `> ${window.thresholdText}`, to: `> 3 * ${window.thresholdText}`, caughtBy: burning },
        ...(isGuarded ? [{ from: guard, to: ">= 0", caughtBy: lonely }] : []),
        ...(past === undefined ? [] : [{ from: "\nunless (", to: "\nand (", caughtBy: past.title }])
      ]
    })
  })
}

/** When an alert fires for sure: its first piece is counted, and its patience is over. */
const lateMinutes = (forMinutes: number, millis: number): number =>
  Math.ceil((forMinutes + pieceMinutes(millis) + 10) / 10) * 10

/** How long it takes until a window that is summed knows of a call. */
const pieceMinutes = (millis: number): number => (millis > Slo.countedMillis ? Slo.pieceMillis(millis) / 60_000 : 0)

const burning = "fires when calls go bad fast enough for its windows and too slowly for shorter ones"
const simmering = "stays silent below every threshold, whatever callers do wrong or give up"
const lonely = "stays silent when one of twenty calls went bad"

/**
 * For how long a burn goes on after its windows are good again: at least until the next call that is expected, so that an
 * outage with few calls rings once, and not for each of them.
 *
 * @category rules
 * @since 0.1.0
 */
export const keptMinutes = (options: Query.Query["options"]): number =>
  Demand.span(options, { calls: 1, leastMinutes: 10 })

/** What a number of an expression is to people. */
const figure = (value: number): string => String(Number(value.toPrecision(3)))

const burnDraft = (
  query: Query.Query,
  objective: Slo.Objective,
  window: Slo.BurnWindow,
  faster?: Slo.BurnWindow
): AlertDraft.Draft => {
  const { budgetShare, factor, forMinutes, long, minBad, severity, short, threshold } = window
  const ratio = (of: Slo.BurnWindow, over: string): string =>
    `${Slo.recorded(query, objective, "error", over)} > ${of.thresholdText}`
  const guard = (of: Slo.BurnWindow): string => `${Slo.recorded(query, objective, "bad", of.long)} >= ${of.minBad}`
  const pace = factor === 1 ? "too fast" : `${figure(factor)} times too fast`
  const share = `${figure(threshold * 100)} %`
  const felt = objective.boundSeconds === undefined ? "fail" : `take more than ${objective.boundSeconds} s`
  return {
    name: burn,
    part: `${objective.slo} ${long}`,
    summary: `more than ${share} of the calls ${felt}: ${objective.slo} burns its error budget ${pace}`,
    meaning: `Promised: ${goalOf(objective)}. Over the last ${long} and the last ${short}, more than ${share} of the calls went bad, which burns ${figure(budgetShare * 100)} % of the whole budget in ${long}; at least ${minBad} calls did.${
      faster === undefined ? "" : ` A burn that the alert over ${faster.long} has told of is not told again.`
    }`,
    expr: `${ratio(window, long)}\nand ${ratio(window, short)}\nand ${guard(window)}${
      faster === undefined ? "" : `\nunless (${ratio(faster, faster.long)} and ${guard(faster)})`
    }`,
    forMinutes,
    keepFiringForMinutes: keptMinutes(query.options),
    severity,
    standing: severity === "page" ? "escalates" : "alone",
    labels: { slo: objective.slo, long, short },
    trials: [],
    damage: []
  }
}

/**
 * An outage that a shorter window told of, some time after it was over: the short window of this alert still knows of it.
 * None, where it takes an outage that is too long to be looked back at.
 */
const outage = (
  query: Query.Query,
  objective: Slo.Objective,
  window: Slo.BurnWindow,
  faster: Slo.BurnWindow
): AlertDraft.Trial | undefined => {
  const piece = pieceMinutes(window.longMillis)
  const endsAt = 90
  const atMinutes = Math.ceil(endsAt / piece) * piece + Math.ceil(window.forMinutes / 10) * 10
  const known = Math.min(faster.longMillis / 60_000, atMinutes)
  const minutes = Math.max(2, Math.ceil(1.3 * faster.threshold * known))
  if (minutes > 20) return undefined
  return {
    title: `stays silent after an outage of ${minutes} minutes, of which another alert told`,
    atMinutes,
    inputs: counted(query, objective, (series, calls) => {
      const [before, during] = calls === "bad" ? [0, perMinute] : [perMinute, 0]
      const [start, end] = [before * (endsAt - minutes), before * (endsAt - minutes) + during * minutes]
      const values = `0+${before}x${endsAt - minutes} ${start + during}+${during}x${minutes - 1} ${end + before}+${before}x400`
      return { series, values }
    })
  }
}

/** A share of bad calls that this window sees and the next shorter one does not, and less than three times its threshold. */
const shareFor = ({ threshold }: Slo.BurnWindow, faster: Slo.BurnWindow | undefined): number =>
  faster === undefined ? Math.min((threshold + 1) / 2, 1.5 * threshold) : (threshold + faster.threshold) / 2

const perMinute = 10_000

/** Calls of one operation, a share of them bad for the objective, and as many again that nobody counts. */
const calls = (query: Query.Query, objective: Slo.Objective, share: number): ReadonlyArray<Alert.Input> =>
  inputs(query, objective, perMinute * (1 - share), perMinute * share, perMinute)

const inputs = (
  query: Query.Query,
  objective: Slo.Objective,
  good: number,
  bad: number,
  uncounted: number
): ReadonlyArray<Alert.Input> => {
  // what nobody waited for is not measured under `signals.detail: "fault"`, and not every contract has a caller at fault
  const uncountedOnes = ["cancelled", "caller"].flatMap(
    (one) => Samples.endedIfAny(query, ({ fault }) => fault === one) ?? []
  )
  return [
    ...counted(query, objective, (series, calls) => Samples.growing(series, { good, bad }[calls])),
    ...uncountedOnes.slice(0, 1).map((series) => Samples.growing(series, uncounted))
  ]
}

/** One call in 3 minutes; the sixth one goes bad. */
const oneOfTwenty = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<Alert.Input> =>
  counted(query, objective, (series, calls) =>
    calls === "bad"
      ? Samples.steps(series, [
          [0, 15],
          [1, 1]
        ])
      : Samples.growing(series, 1 / 3)
  )

/** The series of an objective: for the availability good and bad calls, for a latency the fast ones and all. */
const counted = (
  query: Query.Query,
  { boundSeconds }: Slo.Objective,
  input: (series: string, calls: "good" | "bad") => Alert.Input
): ReadonlyArray<Alert.Input> => {
  const success = ({ outcome }: Endings.Ending): boolean => outcome === "success"
  if (boundSeconds === undefined) {
    return [
      input(Samples.ended(query, success), "good"),
      input(
        Samples.ended(query, ({ fault }) => fault === "provider"),
        "bad"
      )
    ]
  }
  const operation = Object.keys(query.contract.operations)[0] ?? ""
  // two instances of the process: one answers in time, the other does not
  return [
    ...histogram(query, operation, boundSeconds, "a", (series) => input(series, "good"), "fast"),
    ...histogram(query, operation, boundSeconds, "b", (series) => input(series, "bad"), "slow")
  ]
}

const histogram = (
  query: Query.Query,
  operation: string,
  boundSeconds: number,
  instance: string,
  input: (series: string) => Alert.Input,
  pace: "fast" | "slow"
): ReadonlyArray<Alert.Input> => {
  const attributes = { [SignalName.operation]: operation, [SignalName.outcome]: "success", instance }
  const edge = query.sample(SignalName.operationDuration, { ...attributes, le: String(boundSeconds) }, "bucket")
  return [
    input(query.sample(SignalName.operationDuration, attributes, "count")),
    pace === "fast" ? input(edge) : Samples.constant(edge, 0)
  ]
}

// --- budget --------------------------------------------------------------------------------

const exhaustedAlert = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<Alert.Alert> => {
  const window = Query.duration(objective.windowMillis)
  const remaining = query.recorded(Slo.budgetRemaining, { slo: objective.slo })
  const minBad = 5
  const atMinutes = lateMinutes(5, objective.windowMillis)
  return AlertDraft.make(query, {
    name: exhausted,
    part: objective.slo,
    summary: `${objective.slo} has no error budget left`,
    meaning: `Promised: ${goalOf(objective)}. More than ${percent(objective.budget)} of the calls of the last ${window} were bad. It is time for what you agreed on for this case: no risky change, and work on what burned it.`,
    expr: `${remaining} <= 0\nand ${Slo.recorded(query, objective, "bad", window)} >= ${minBad}`,
    forMinutes: 5,
    severity: "ticket",
    labels: { slo: objective.slo },
    trials: [
      {
        title: "fires when more calls were bad than the budget allows",
        atMinutes,
        inputs: calls(query, objective, (1 + objective.budget) / 2),
        labels: {}
      },
      {
        title: "stays silent while half of the budget is left",
        atMinutes,
        inputs: calls(query, objective, objective.budget / 2)
      }
    ],
    damage: [{ from: "<= 0", to: "<= -1000000", caughtBy: "fires when more calls were bad than the budget allows" }]
  })
}

// --- latency -------------------------------------------------------------------------------

const latencyAlert = (query: Query.Query, objective: Slo.Objective): ReadonlyArray<Alert.Alert> => {
  const { boundSeconds, budget, slo } = objective
  const operation = Object.keys(query.contract.operations)[0]
  if (boundSeconds === undefined || operation === undefined) return []
  const outcome: Query.Matcher = [SignalName.outcome, "=~", "success|degraded"]
  const sum = (series: string): string => `sum ${query.by(SignalName.operation)} (increase(${series}[10m]))`
  const all = sum(query.series(SignalName.operationDuration, [outcome], "count"))
  const fast = sum(query.series(SignalName.operationDuration, [outcome, Query.edge(boundSeconds)], "bucket"))
  const label = query.label(SignalName.operation)
  const few = "stays silent when half of them are late, and there are four in ten minutes"
  return AlertDraft.make(query, {
    name: latency,
    part: slo,
    summary: `{{ $labels.${label} }} misses ${slo.slice("latency-".length)} of ${boundSeconds} s`,
    meaning: `Over ten minutes, more than ${percent(budget)} of the answered calls of one operation took longer than ${boundSeconds} s, and at least 5 did. The burn of the objective says how bad it is; this says where.`,
    expr: `(${all} - ${fast})\n/ ${all} > ${Query.number(budget)}\nand (${all} - ${fast}) >= 5`,
    forMinutes: 10,
    severity: "ticket",
    labels: { slo },
    trials: [
      {
        title: "fires when too many answers of an operation are late",
        atMinutes: 30,
        inputs: calls(query, objective, (1 + budget) / 2),
        labels: { [label]: operation }
      },
      {
        title: "stays silent while late answers are within the budget",
        atMinutes: 30,
        inputs: calls(query, objective, budget / 2)
      },
      { title: few, atMinutes: 30, inputs: inputs(query, objective, 0.2, 0.2, 0) }
    ],
    damage: [
      {
        from: `> ${Query.number(budget)}`,
        to: "> 2",
        caughtBy: "fires when too many answers of an operation are late"
      },
      ...(budget < 0.4 ? [{ from: ">= 5", to: ">= 0", caughtBy: few }] : [])
    ]
  })
}
