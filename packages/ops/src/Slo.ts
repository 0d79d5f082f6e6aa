/**
 * The objectives of a contract as numbers and as PromQL: what is a bad call, how much of it the budget allows, and how fast it
 * may burn before somebody is told.
 *
 * A call is bad when a failure's declaration says that the provider or the network is at fault. A call that the caller got
 * wrong or gave up is not counted at all. What our own guards refuse is counted and not bad, but a circuit that opened is the
 * provider's fault: an outage does not end for an objective because we stopped asking.
 *
 * Neighbours: `RecordingRules` records what is asked here, `alerts/SloAlerts` watches it. Pure.
 *
 * @source Site Reliability Workbook, chapter 5, multiwindow multi-burn-rate alerts
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Contract from "surety/Contract"
import * as SignalName from "surety/signals/SignalName"
import type { Severity } from "./Alert.ts"
import type { Options } from "./Options.ts"
import * as Query from "./Query.ts"

/**
 * One objective.
 *
 * **Details**   `slo`: `availability`, or `latency-p99` for a percentile. `budget`: the share of calls that may be bad.
 * `boundSeconds`: of a latency objective, how long an answer may take.
 *
 * @category models
 * @since 0.1.0
 */
export interface Objective {
  readonly slo: string
  readonly objective: number
  readonly budget: number
  readonly windowMillis: number
  readonly boundSeconds: number | undefined
}

/**
 * One pair of windows that watches how fast a budget burns.
 *
 * **Details**   Somebody is told when more than `threshold` of the calls of `long` and of `short` were bad, and at least `minBad`
 * of them. `factor`: how much faster than allowed that is. `budgetShare`: the part of the whole budget that it burns in `long`.
 *
 * @category models
 * @since 0.1.0
 */
export interface BurnWindow {
  readonly long: string
  readonly short: string
  readonly longMillis: number
  readonly budgetShare: number
  readonly factor: number
  readonly threshold: number
  readonly thresholdText: string
  readonly forMinutes: number
  readonly severity: Severity
  readonly minBad: number
}

/**
 * The objectives of a contract: its availability, and one for each percentile of its latency.
 *
 * **Example** (What 99 % allows)
 *
 * ```ts import.meta.vitest
 * import { Slo } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * const [availability, latency] = Slo.objectives(Stripe.contract)
 * availability?.budget // => 0.01
 * latency?.slo // => "latency-p99"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const objectives = ({ slo }: Contract.Any): ReadonlyArray<Objective> => {
  const windowMillis = millisOf(slo.window)
  const of = (name: string, objective: number, boundSeconds?: number): Objective => ({
    slo: name,
    objective: Number(objective.toPrecision(9)),
    budget: Number((1 - objective).toPrecision(9)),
    windowMillis,
    boundSeconds
  })
  const latencies = Object.entries(slo.latency)
    .map(([name, bound]) => of(`latency-${name}`, Number(name.slice(1)) / 100, millisOf(bound) / 1000))
    .sort((a, b) => b.objective - a.objective)
  return [of("availability", slo.availability), ...latencies]
}

const millisOf = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

/** Bad calls that it takes at least, unless so few calls are expected that it would take too long. */
const usualMinBad = 5

/** A share that a total outage is sure to exceed. */
const mostThreshold = 0.9

const hour = 3_600_000

const pairs = [
  { long: "1h", short: "5m", hours: 1, share: 0.02, forMinutes: 2, usual: "page" },
  { long: "6h", short: "30m", hours: 6, share: 0.05, forMinutes: 15, usual: "page" },
  { long: "1d", short: "2h", hours: 24, share: 0.1, forMinutes: 60, usual: "ticket" },
  { long: "3d", short: "6h", hours: 72, share: 0.1, forMinutes: 180, usual: "ticket" }
] as const

/** A page says that the budget is gone in half of its window or sooner; slower than 1 it lasts, and nobody needs to know. */
const leastFactor = { page: 2, ticket: 1 } as const

/**
 * The windows that watch an objective, each slower than the one before.
 *
 * **Details**   `factor` burns 2, 5, 10 and 10 % of the budget in 1 h, 6 h, 1 d and 3 d: 14.4, 6, 3 and 1 times as fast as allowed
 * for 30 days. For a short objective that would be slower than allowed; so a page has at least 2 and a ticket 1, and burns a
 * larger share. What would be slower than 1 over 6 h is a ticket. A threshold that no share of calls could exceed is lowered to
 * 0.9, so that an outage is always seen. Left out is what is not shorter than the objective's own window, and what has no lower
 * threshold than a shorter one. `minBad`: 5; where fewer than 10 calls are expected in `long`, half of those, at least 2.
 *
 * **Example** (30 days, and 7)
 *
 * ```ts import.meta.vitest
 * import { Slo } from "@surety/ops"
 *
 * const day = 86_400_000
 * const objective = { slo: "availability", objective: 0.999, budget: 0.001, windowMillis: 30 * day, boundSeconds: undefined }
 * Slo.windows(objective, {}).map(({ factor }) => factor) // => [14.4, 6, 3, 1]
 *
 * const week = Slo.windows({ ...objective, windowMillis: 7 * day }, {})
 * week.map(({ factor, long }) => `${long} ${factor}`) // => ["1h 3.36", "6h 2", "1d 1"]
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const windows = (
  { budget, windowMillis }: Objective,
  { expectedCallsPerHour }: Pick<Options, "expectedCallsPerHour">
): ReadonlyArray<BurnWindow> =>
  pairs
    .filter(({ hours }) => hours * hour < windowMillis)
    .map(({ forMinutes, hours, long, share, short, usual }, at): BurnWindow => {
      const natural = (share * windowMillis) / (hours * hour)
      // the fastest one always pages: an outage does not wait for a longer window
      const severity = at > 0 && natural < 1 ? "ticket" : usual
      const wanted = Number(Math.max(leastFactor[severity], natural).toPrecision(6))
      const capped = wanted * budget > mostThreshold
      const factor = capped ? mostThreshold / budget : wanted
      return {
        long,
        short,
        longMillis: hours * hour,
        budgetShare: Number(((factor * hours * hour) / windowMillis).toPrecision(3)),
        factor,
        threshold: capped ? mostThreshold : factor * budget,
        thresholdText: capped ? String(mostThreshold) : `(${Query.number(factor)} * ${Query.number(budget)})`,
        forMinutes,
        severity,
        minBad:
          expectedCallsPerHour === undefined
            ? usualMinBad
            : Math.min(usualMinBad, Math.max(2, Math.ceil((expectedCallsPerHour * hours) / 2)))
      }
    })
    .filter(({ threshold }, at, all) => all.slice(0, at).every((faster) => threshold < faster.threshold * (1 - 1e-9)))

/** Every window that something is recorded over; the short ones are counted from the source, the long ones summed. */
const ladder = [
  ["5m", 300_000],
  ["30m", 1_800_000],
  ["1h", hour],
  ["2h", 2 * hour],
  ["6h", 6 * hour],
  ["1d", 24 * hour],
  ["3d", 72 * hour]
] as const

/**
 * The longest window that is counted from the source.
 *
 * @category constants
 * @since 0.1.0
 */
export const countedMillis: number = 2 * hour

/**
 * The length of the pieces, none overlapping, that a window is summed from.
 *
 * **Example** (Twelve pieces of half an hour, 36 of two hours)
 *
 * ```ts import.meta.vitest
 * import { Slo } from "@surety/ops"
 *
 * Slo.pieceMillis(6 * 3_600_000) // => 1_800_000
 * Slo.pieceMillis(72 * 3_600_000) // => 7_200_000
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const pieceMillis = (millis: number): number =>
  millis >= 48 * hour ? 2 * hour : millis >= 6 * hour ? hour / 2 : hour / 12

/**
 * The windows that the rules of an objective need, with the pieces that longer ones are summed from.
 *
 * @category rules
 * @since 0.1.0
 */
export const recordedWindows = (
  objective: Objective,
  options: Options
): ReadonlyArray<{ readonly window: string; readonly millis: number }> => {
  const used = new Set(["5m", ...windows(objective, options).flatMap(({ long, short }) => [long, short])])
  // what is summed needs its pieces
  const summed = ladder.filter(([window, millis]) => used.has(window) && millis > countedMillis)
  for (const millis of [objective.windowMillis, ...summed.map(([, one]) => one)]) {
    used.add(Query.duration(pieceMillis(millis)))
  }
  return ladder.filter(([window]) => used.has(window)).map(([window, millis]) => ({ window, millis }))
}

/** The endings of a call that count, and those that are bad. */
const faulty = "provider|network"
const uncounted = "caller|cancelled"
const answered = "success|degraded"

/**
 * Calls that were bad in a window.
 *
 * **Details**   For a latency objective: calls that were answered later than its bound. Calls that failed are the availability's.
 *
 * @category queries
 * @since 0.1.0
 */
export const bad = (query: Query.Query, objective: Objective, window: string): string =>
  objective.boundSeconds === undefined
    ? `sum(increase(${count(query, [[SignalName.errorFault, "=~", faulty]])}[${window}]))`
    : `clamp_min(${total(query, objective, window)} - sum(increase(${query.series(
        SignalName.operationDuration,
        [[SignalName.outcome, "=~", answered], Query.edge(objective.boundSeconds)],
        "bucket"
      )}[${window}])), 0)`

/**
 * Calls that counted in a window.
 *
 * @category queries
 * @since 0.1.0
 */
export const total = (query: Query.Query, objective: Objective, window: string): string =>
  objective.boundSeconds === undefined
    ? `sum(increase(${count(query, [[SignalName.errorFault, "!~", uncounted]])}[${window}]))`
    : `sum(increase(${count(query, [[SignalName.outcome, "=~", answered]])}[${window}]))`

const count = (query: Query.Query, matchers: ReadonlyArray<Query.Matcher>): string =>
  query.series(SignalName.operationDuration, matchers, "count")

/**
 * The name of a recorded series: `bad` and `total` count calls, `error` is their ratio.
 *
 * @category queries
 * @since 0.1.0
 */
export const recorded = (
  query: Query.Query,
  { slo }: Objective,
  what: "bad" | "total" | "error",
  window: string
): string => query.recorded(recordName(what, window), { slo })

/**
 * @category queries
 * @since 0.1.0
 */
export const recordName = (what: "bad" | "total" | "error", window: string): string =>
  `integration:slo_${what}:${what === "error" ? "ratio" : "increase"}${window}`

/**
 * The share of the budget that is left, recorded once for the objective's whole window.
 *
 * @category queries
 * @since 0.1.0
 */
export const budgetRemaining = "integration:slo_budget_remaining:ratio"
