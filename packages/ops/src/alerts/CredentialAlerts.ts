/**
 * Alerts about a credential: it cannot be renewed, calls are refused for want of it, the provider refuses it, or its end is near
 * and nobody renews it.
 *
 * Neighbours: `surety/credential` emits what they watch, for a credential whose life it manages; `CredentialRefused`
 * is the one alert that a fixed key has too.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Credential from "surety/signals/CredentialSeries"
import * as Endings from "surety/signals/Endings"
import * as ErrorType from "surety/signals/ErrorType"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import * as Options from "../Options.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as CredentialRefused from "./CredentialRefused.ts"
import * as Horizon from "./Horizon.ts"
import * as SloAlerts from "./SloAlerts.ts"

/** @category names @since 0.1.0 */
export const refreshFailing = "IntegrationTokenRefreshFailing"

/** @category names @since 0.1.0 */
export const unavailable = "IntegrationCredentialUnavailable"

/** @category names @since 0.1.0 */
export const refused: string = CredentialRefused.name

/** @category names @since 0.1.0 */
export const expiring = "IntegrationCredentialExpiring"

/**
 * How long before the end of a credential somebody is told.
 *
 * @category constants
 * @since 0.1.0
 */
export const horizons: ReadonlyArray<Horizon.Horizon> = Horizon.both(14, 3)

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> => {
  const name = Options.watchedCredential(query.contract, query.options)
  return [
    ...(name === undefined ? [] : [refreshDraft(query, name), unavailableDraft(query, name)]),
    ...CredentialRefused.drafts(query),
    ...(name === undefined ? [] : horizons.map((horizon) => Horizon.draft(horizon, endingOf(query, name))))
  ].flatMap((draft) => AlertDraft.make(query, draft))
}

const refreshDraft = (query: Query.Query, credential: string): AlertDraft.Draft => {
  const by = query.by(SignalName.credentialName)
  const on = by.replace("by ", "")
  const label = query.label(SignalName.credentialName)
  const increase = (outcome: string): string =>
    `sum ${by} (increase(${query.series(SignalName.credentialRefreshes, [["outcome", "=", outcome]])}[15m]))`
  const own = { [SignalName.credentialName]: credential }
  const failure = query.sample(SignalName.credentialRefreshes, {
    ...own,
    outcome: "failure",
    [SignalName.errorType]: Credential.errorTypes[0]
  })
  const success = query.sample(SignalName.credentialRefreshes, { ...own, outcome: "success" })
  const title = "fires when every refresh of a quarter of an hour fails"
  return {
    name: refreshFailing,
    summary: `the credential {{ $labels.${label} }} cannot be renewed`,
    meaning:
      "Three refreshes failed in 15 minutes and none succeeded. Calls go on with the secret at hand until it ends; after that every call is refused.",
    expr: `${increase("failure")} >= 3\nunless on ${on} ${increase("success")} > 0`,
    // a source that needs a person is asked every five minutes: three times in the window, and at its edge only two
    keepFiringForMinutes: 5,
    severity: "page",
    trials: [
      {
        title,
        atMinutes: 20,
        inputs: [Samples.growing(failure, 1), Samples.constant(success, 0)],
        labels: { [label]: credential }
      },
      {
        title: "stays silent when one of them succeeds",
        atMinutes: 20,
        inputs: [
          Samples.growing(failure, 1),
          Samples.steps(success, [
            [0, 10],
            [1, 1]
          ])
        ]
      }
    ],
    damage: [
      { from: ">= 3", to: ">= 300", caughtBy: title },
      { from: "> 0", to: "> 100", caughtBy: "stays silent when one of them succeeds" }
    ]
  }
}

/** The burn of a budget sees five minutes and goes on for longer; for so long it is this that it says. */
const outlastsBurnMinutes = (query: Query.Query): number => 10 + SloAlerts.keptMinutes(query.options)

/** A counter that grows for some minutes and stays. */
const grown = (series: string, perMinute: number, fromMinute: number, toMinute: number): Alert.Input => {
  const minutes = toMinute - fromMinute
  const before = fromMinute === 0 ? "" : `0+0x${fromMinute - 1} `
  return { series, values: `${before}0+${perMinute}x${minutes} ${perMinute * minutes}+0x400` }
}

const unavailableDraft = (query: Query.Query, credential: string): AlertDraft.Draft => {
  const { contract } = query
  const label = query.label(SignalName.credentialName)
  const state = (of: (typeof Credential.healths)[number], instance = "a"): string =>
    query.sample(SignalName.credentialState, { [SignalName.credentialName]: credential, state: of, instance })
  const refusal: Endings.Ending = {
    outcome: "rejected",
    type: contract.signals.detail === "fault" ? ErrorType.other : ErrorType.refusals.CredentialUnavailable.type,
    fault: ErrorType.refusals.CredentialUnavailable.fault
  }
  const calls = (matchers: ReadonlyArray<Query.Matcher>, minutes = 5): string =>
    `sum ${query.by()} (increase(${query.series(SignalName.operationDuration, matchers, "count")}[${minutes}m]))`
  const ofRefusal = Object.entries(Endings.attributesOf(refusal)).map(([name, value]): Query.Matcher => [
    name,
    "=",
    value
  ])
  const refused = calls(ofRefusal)
  const bad = calls([[SignalName.errorFault, "=~", "provider|network"]])
  const heldMinutes = outlastsBurnMinutes(query)
  const by = query.by(SignalName.credentialName)
  const on = query.by().replace("by ", "")
  const firing = query.recorded("ALERTS", { alertname: unavailable, alertstate: "firing" })
  const [operation] = Object.values(contract.operations)
  const sample = (ending: Endings.Ending): string =>
    query.sample(
      SignalName.operationDuration,
      { [SignalName.operation]: operation?.name ?? "", ...Endings.attributesOf(ending) },
      "count"
    )
  const other: Endings.Ending = {
    outcome: "failure",
    type: contract.signals.detail === "fault" ? ErrorType.other : "timeout",
    fault: "network"
  }
  const title = "fires when one process has no secret that is good, and its calls are refused for it"
  const idle = "stays silent in a process that nobody has asked for anything yet"
  const outage = "stays silent when most of what fails, fails for something else"
  const back = "goes on after the secret is back, for as long as a burn of before does and nothing else fails"
  const next = "ends when something else fails after the secret is back, so that it keeps nothing of that back"
  const over = "does not come again when that is over"
  const lost = (failsUntil: number): ReadonlyArray<Alert.Input> => [
    Samples.steps(state("unavailable"), [
      [1, 5],
      [0, 1]
    ]),
    grown(sample(refusal), 10, 0, 5),
    grown(sample(other), 10, 7, failsUntil)
  ]
  return {
    name: unavailable,
    summary: `calls are refused, because the credential {{ $labels.${label} }} cannot be used`,
    meaning: `A process has no secret that is still good, and most of the calls that failed within five minutes were refused for it: nothing was sent. Only a new secret helps, and what this does to budgets and queues is not told beside it. It goes on for ${heldMinutes} minutes after the last of them, so that what they did rings no more, and ends at once when something else fails.`,
    // no `keep_firing_for`: that would keep the next outage back as well
    expr: [
      `(\n  max ${by} (${query.series(SignalName.credentialState, [["state", "=", "unavailable"]])}) == 1`,
      `  and on ${on} ${refused} > 0.5 * ${bad}\n)`,
      `or (\n  max ${by} (${firing})`,
      `  and on ${on} ${calls(ofRefusal, heldMinutes)} > 0`,
      `  and on ${on} ${refused} >= 0.5 * ${bad}\n)`
    ].join("\n"),
    forMinutes: 1,
    severity: "page",
    trials: [
      {
        title,
        atMinutes: 10,
        inputs: [
          Samples.constant(state("unavailable"), 1),
          Samples.constant(state("unavailable", "b"), 0),
          Samples.growing(sample(refusal), 10),
          Samples.growing(sample(other), 1)
        ],
        labels: { [label]: credential }
      },
      {
        title: "stays silent while calls go on with the secret at hand, whatever becomes of its renewal",
        atMinutes: 10,
        inputs: [
          Samples.constant(state("unavailable"), 0),
          Samples.constant(state("degraded"), 1),
          Samples.growing(sample(refusal), 10)
        ]
      },
      {
        title: idle,
        atMinutes: 10,
        inputs: [
          Samples.constant(state("unavailable"), 1),
          Samples.constant(sample(refusal), 0),
          Samples.constant(sample(other), 0)
        ]
      },
      {
        title: outage,
        atMinutes: 10,
        inputs: [
          Samples.constant(state("unavailable"), 1),
          Samples.growing(sample(refusal), 5),
          Samples.growing(sample(other), 10)
        ]
      },
      {
        title: back,
        atMinutes: 20,
        inputs: lost(7),
        labels: { [label]: credential }
      },
      { title: next, atMinutes: 13, inputs: lost(30) },
      { title: over, atMinutes: 20, inputs: lost(8) }
    ],
    damage: [
      { from: "== 1", to: "== 2", caughtBy: title },
      { from: "> 0.5 *", to: ">= 0.5 *", caughtBy: idle },
      { from: "> 0.5 *", to: "> 0.1 *", caughtBy: outage },
      { from: `[${heldMinutes}m])) > 0`, to: `[${heldMinutes}m])) > 100000`, caughtBy: back },
      { from: ">= 0.5 *", to: ">= 0 *", caughtBy: next },
      { from: ', alertstate="firing"', to: ', alertstate="pending"', caughtBy: back },
      { from: firing, to: query.series(SignalName.credentialState), caughtBy: over },
      {
        from: 'state="unavailable"',
        to: 'state!="healthy"',
        caughtBy: "stays silent while calls go on with the secret at hand, whatever becomes of its renewal"
      }
    ]
  }
}

const endingOf = (query: Query.Query, credential: string): Horizon.Ending => {
  const label = query.label(SignalName.credentialName)
  const sample = (renewal: (typeof Credential.renewals)[number]): string =>
    query.sample(SignalName.credentialExpiryTime, { [SignalName.credentialName]: credential, renewal })
  return {
    name: expiring,
    summary: `the credential {{ $labels.${label} }} ends in less than {days} days`,
    meaning:
      "A secret that nobody renews automatically ends within {days} days. Replace it while the old one still works.",
    end: query.series(SignalName.credentialExpiryTime, [["renewal", "=", "manual"]]),
    by: query.by(SignalName.credentialName),
    sample: sample("manual"),
    labels: { [label]: credential },
    what: "the end of a secret that somebody has to replace",
    others: [Samples.constant(sample("auto"), 86_400)],
    otherwise: "a secret that renews itself"
  }
}
