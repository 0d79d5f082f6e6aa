/**
 * The series of a credential whose life is managed (`surety/credential`), as data.
 *
 * Neighbours: `credential/CredentialSignals` registers them; `SeriesCatalog` has those of the provider. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Series } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * Why a refresh failed.
 *
 * @category constants
 * @since 0.1.0
 */
export const errorTypes = ["unavailable", "rejected", "misconfigured", "reauthorize", "rotation_failed"] as const

/**
 * How a credential is.
 *
 * @category constants
 * @since 0.1.0
 */
export const healths = ["healthy", "degraded", "unavailable"] as const

/**
 * Who renews a credential.
 *
 * @category constants
 * @since 0.1.0
 */
export const renewals = ["auto", "manual"] as const

/**
 * What is registered when a credential is made.
 *
 * **Details**   All at 0, but for its state, and for the refresh that succeeds when the first secret is got before anybody looks
 * (`isEarly`). An end has a series for each who may renew it, and is 0 as long as none is known: no date.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (provider: string, credential: string): ReadonlyArray<Series> => {
  const series = ({ kind, name, unit }: SignalName.Signal, rest: Readonly<Record<string, string>>): Series => ({
    name,
    kind,
    unit,
    attributes: { [SignalName.provider]: provider, [SignalName.credentialName]: credential, ...rest },
    bounds: []
  })
  return [
    series(SignalName.credentialRefreshes, { outcome: "success" }),
    ...errorTypes.map((type) =>
      series(SignalName.credentialRefreshes, { outcome: "failure", [SignalName.errorType]: type })
    ),
    ...healths.map((state) => series(SignalName.credentialState, { state })),
    ...renewals.map((renewal) => series(SignalName.credentialExpiryTime, { renewal }))
  ]
}

/**
 * Whether a counter may be above 0 on the first scrape: refreshes that succeeded, because an application gets its secret
 * while it starts.
 *
 * @category rules
 * @since 0.1.0
 */
export const isEarly = ({ attributes, name }: Pick<Series, "attributes" | "name">): boolean =>
  name === SignalName.credentialRefreshes.name && attributes["outcome"] === "success"
