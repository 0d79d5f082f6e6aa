/**
 * Alerts about the provider's limits: nearly used up, exceeded, waited for, and a quota that will not last.
 *
 * Neighbours: `CircuitAlerts` and `RetryAlerts` have the other guards.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ProviderSeries from "surety/signals/ProviderSeries"
import { durationBounds } from "surety/signals/Series"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Slo from "../Slo.ts"

/** @category names @since 0.1.0 */
export const saturation = "IntegrationRateLimitSaturation"

/** @category names @since 0.1.0 */
export const limited = "IntegrationRateLimited"

/** @category names @since 0.1.0 */
export const queueing = "IntegrationRateLimitQueueing"

/** @category names @since 0.1.0 */
export const forecast = "IntegrationQuotaForecast"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> =>
  [...saturationDraft(query), limitedDraft(query), ...queueingDraft(query), ...forecastDrafts(query)].flatMap((draft) =>
    AlertDraft.make(query, draft)
  )

const limitIs = (name: string): Query.Matcher => [SignalName.limitName, "=", name]

/** Such a bucket only spaces calls out: empty is how it works, and whoever waits is seen by the queueing. */
const spacing = 5

const saturationDraft = (query: Query.Query): ReadonlyArray<AlertDraft.Draft> => {
  const buckets = Object.entries(query.contract.limits.buckets).filter(([, { burst }]) => burst >= spacing)
  const [first] = buckets
  if (first === undefined) return []
  const by = query.by(SignalName.limitName)
  const left = buckets.map(([name, { burst, limit }]) => {
    const matchers = [limitIs(name)]
    const remaining = query.series(SignalName.rateRemaining, matchers)
    // what the provider says its limit is counts, but no bucket holds more than its burst
    const most = query.series(SignalName.rateLimit, matchers)
    const whole = burst < limit ? String(burst) : `(max ${by} (${most}) > 0)`
    return `min ${by} (quantile_over_time(0.1, ${remaining}[10m])) / ${whole}`
  })
  const [name, { burst, limit }] = first
  const sample = (signal: SignalName.Signal): string => query.sample(signal, { [SignalName.limitName]: name })
  const full = Samples.constant(sample(SignalName.rateLimit), limit)
  const label = query.label(SignalName.limitName)
  const title = "fires when a tenth is left most of the time"
  return [
    {
      name: saturation,
      summary: `more than 80 % of the limit {{ $labels.${label} }} is used`,
      meaning:
        "For ten minutes, less than a fifth of a rate limit was left at its lowest moments: calls begin to wait, and the next peak is refused.",
      expr: `1 - (\n  ${left.join("\n  or ")}\n) > 0.8`,
      forMinutes: 10,
      severity: "ticket",
      trials: [
        {
          title,
          atMinutes: 30,
          inputs: [full, Samples.constant(sample(SignalName.rateRemaining), 0.1 * burst)],
          labels: { [label]: name }
        },
        {
          title: "stays silent when peaks use 70 % and it fills up again",
          atMinutes: 30,
          inputs: [
            full,
            Samples.repeating(
              sample(SignalName.rateRemaining),
              [1, 0.8, 0.6, 0.3].map((share) => share * burst)
            )
          ]
        }
      ],
      damage: [
        { from: "> 0.8", to: "> 0.95", caughtBy: title },
        { from: "> 0.8", to: "> 0.5", caughtBy: "stays silent when peaks use 70 % and it fills up again" }
      ]
    }
  ]
}

const limitedDraft = (query: Query.Query): AlertDraft.Draft => {
  const operation = Object.keys(query.contract.operations)[0] ?? ""
  const refused = query.sample(SignalName.rateRejections, { source: "provider" })
  const sent = query.sample(SignalName.attempts, { [SignalName.operation]: operation, "attempt.type": "original" })
  const refusals = query.series(SignalName.rateRejections, [["source", "=", "provider"]])
  const inputs = (perMinute: number): ReadonlyArray<Alert.Input> => [
    Samples.growing(sent, 1000),
    Samples.growing(refused, perMinute)
  ]
  const title = "fires when 5 % of the attempts are refused"
  const own = "stays silent when our own limiter keeps them back"
  return {
    name: limited,
    summary: "the provider refuses attempts because of its limits",
    meaning:
      "For ten minutes the provider refused more than 1 % of the attempts as too many. Our own limiter should have kept them back: the declared limits are too high, or somebody else spends from them.",
    expr: `sum(rate(${refusals}[5m])) / sum(rate(${query.series(SignalName.attempts)}[5m])) > 0.01`,
    forMinutes: 10,
    severity: "ticket",
    trials: [
      { title, atMinutes: 20, inputs: inputs(50), labels: {} },
      { title: "stays silent when one in 200 is", atMinutes: 20, inputs: inputs(5) },
      {
        title: own,
        atMinutes: 20,
        inputs: [...inputs(0), Samples.growing(query.sample(SignalName.rateRejections, { source: "local" }), 500)]
      }
    ],
    damage: [
      { from: "> 0.01", to: "> 0.1", caughtBy: title },
      { from: "> 0.01", to: "> 0.001", caughtBy: "stays silent when one in 200 is" },
      { from: 'source="provider"', to: 'source!=""', caughtBy: own }
    ]
  }
}

/** The longest wait of ours that leaves half of the promised latency to the provider, at an edge of the histogram. */
const waitSeconds = (query: Query.Query): number => {
  const bounds = Slo.objectives(query.contract).map(({ boundSeconds }) => boundSeconds ?? 0)
  const half = Math.max(...bounds) / 2
  return durationBounds.filter((bound) => bound <= half).at(-1) ?? durationBounds[0] ?? 0
}

const queueingDraft = (query: Query.Query): ReadonlyArray<AlertDraft.Draft> => {
  const [name] = Object.keys(query.contract.limits.buckets)
  if (name === undefined) return []
  const seconds = waitSeconds(query)
  const sum = (series: string): string => `sum ${query.by(SignalName.limitName)} (increase(${series}[10m]))`
  const all = sum(query.series(SignalName.rateWait, [], "count"))
  const short = sum(query.series(SignalName.rateWait, [Query.edge(seconds)], "bucket"))
  const label = query.label(SignalName.limitName)
  const attributes = { [SignalName.limitName]: name }
  const inputs = (long: number, perMinute = 1000): ReadonlyArray<Alert.Input> => [
    Samples.growing(query.sample(SignalName.rateWait, attributes, "count"), perMinute),
    Samples.growing(
      query.sample(SignalName.rateWait, { ...attributes, le: String(seconds) }, "bucket"),
      perMinute - long
    )
  ]
  const title = `fires when 5 % of the waits are longer than ${seconds} s`
  const few = "stays silent when half of them are, and there are four in ten minutes"
  return [
    {
      name: queueing,
      summary: `calls wait more than ${seconds} s for the limit {{ $labels.${label} }}`,
      meaning: `For ten minutes, more than 1 % of the waits for a rate limit took longer than ${seconds} s, which is half of the promised latency. Callers are slow because of us, not because of the provider.`,
      expr: `(${all} - ${short})\n/ ${all} > 0.01\nand (${all} - ${short}) >= 5`,
      forMinutes: 10,
      severity: "ticket",
      trials: [
        { title, atMinutes: 30, inputs: inputs(50), labels: { [label]: name } },
        { title: "stays silent when one in 200 is", atMinutes: 30, inputs: inputs(5) },
        { title: few, atMinutes: 30, inputs: inputs(0.2, 0.4) }
      ],
      damage: [
        { from: "> 0.01", to: "> 0.1", caughtBy: title },
        { from: "> 0.01", to: "> 0.001", caughtBy: "stays silent when one in 200 is" },
        { from: ">= 5", to: ">= 0", caughtBy: few }
      ]
    }
  ]
}

/**
 * One alert for the quotas of each period: how far back a trend is read depends on it. A quota that is given out more slowly
 * than it could be spent (a burst below its limit) lasts by itself; how much of its burst is spent goes up and down all day,
 * and whoever has to wait for it is seen by the queueing.
 */
const forecastDrafts = (query: Query.Query): ReadonlyArray<AlertDraft.Draft> => {
  const quotas = Object.entries(query.contract.limits.buckets).filter(
    ([, { periodMillis }]) => periodMillis >= ProviderSeries.quotaFromMillis
  )
  const paced = quotas.find(([, { burst, limit }]) => burst < limit)?.[0]
  const periods = new Map<number, Array<string>>()
  for (const [name, { burst, limit, periodMillis }] of quotas) {
    if (burst === limit) periods.set(periodMillis, [...(periods.get(periodMillis) ?? []), name])
  }
  return [...periods].map(([periodMillis, names]) => forecastDraft(query, periodMillis, names, paced))
}

const forecastDraft = (
  query: Query.Query,
  periodMillis: number,
  names: ReadonlyArray<string>,
  paced: string | undefined
): AlertDraft.Draft => {
  const by = query.by(SignalName.quotaName)
  const matchers: ReadonlyArray<Query.Matcher> = [[SignalName.quotaName, "=~", names.map(Query.literal).join("|")]]
  const trend = Query.duration(Math.min(periodMillis / 4, 6 * 3_600_000))
  const max = (signal: SignalName.Signal): string => `max ${by} (${query.series(signal, matchers)})`
  const slope = `max ${by} (deriv(${query.series(SignalName.quotaUsed, matchers)}[${trend}]))`
  const left = `(${max(SignalName.quotaResetTime)} - time())`
  const label = query.label(SignalName.quotaName)
  const whole = names[0] ?? ""
  // used up to four fifths at the time of the test, and an hour to go
  const inputs = (perMinute: number, of = whole): ReadonlyArray<Alert.Input> => {
    const attributes = { [SignalName.quotaName]: of }
    return [
      Samples.growing(query.sample(SignalName.quotaUsed, attributes), perMinute),
      Samples.constant(query.sample(SignalName.quotaLimit, attributes), 1000),
      Samples.constant(query.sample(SignalName.quotaResetTime, attributes), 90 * 60)
    ]
  }
  const title = "fires when a quota of 1000 is used at 20 a minute and resets in an hour"
  const pacing = "stays silent when the burst of a paced quota is spent at 20 a minute"
  return {
    name: forecast,
    part: Query.duration(periodMillis),
    summary: `the quota {{ $labels.${label} }} will not last until it is reset`,
    meaning: `At the pace of the last ${trend}, the quota of ${Query.duration(periodMillis)} is used up before the provider resets it.`,
    expr: `(${max(SignalName.quotaUsed)} + ${slope} * ${left}\n  >= ${max(SignalName.quotaLimit)})\nand ${left} > 0`,
    forMinutes: 15,
    severity: "ticket",
    labels: { period: Query.duration(periodMillis) },
    trials: [
      { title, atMinutes: 40, inputs: inputs(20), labels: { [label]: whole } },
      { title: "stays silent at 10 a minute", atMinutes: 40, inputs: inputs(10) },
      ...(paced === undefined ? [] : [{ title: pacing, atMinutes: 40, inputs: inputs(20, paced) }])
    ],
    damage: [
      { from: "\n  >= ", to: "\n  >= 10 * ", caughtBy: title },
      { from: "\n  >= ", to: "\n  >= 0.5 * ", caughtBy: "stays silent at 10 a minute" },
      ...(paced === undefined ? [] : [{ from: `${label}=~"`, to: `${label}!~"`, caughtBy: pacing }])
    ]
  }
}
