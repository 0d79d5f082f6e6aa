/**
 * Alerts about a credential: it cannot be renewed, or its end is near and nobody renews it.
 *
 * Neighbours: `surety/credential` emits what they watch, for a credential whose life it manages.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Credential from "surety/signals/CredentialSeries"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Horizon from "./Horizon.ts"

/** @category names @since 0.1.0 */
export const refreshFailing = "IntegrationTokenRefreshFailing"

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
  const { credentials } = query.contract
  if (credentials._tag === "NoCredential") return []
  const { name } = credentials
  return [
    refreshDraft(query, name),
    ...horizons.map((horizon) => Horizon.draft(horizon, endingOf(query, name)))
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
