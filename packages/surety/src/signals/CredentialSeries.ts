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
 * What is registered at 0 when a credential is made. Its end is not among them: a series of that exists once it is known.
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
    ...healths.map((state) => series(SignalName.credentialState, { state }))
  ]
}

/**
 * The series of an end that is known.
 *
 * @category constructors
 * @since 0.1.0
 */
export const expiryOf = (provider: string, credential: string, renewal: (typeof renewals)[number]): Series => ({
  name: SignalName.credentialExpiryTime.name,
  kind: SignalName.credentialExpiryTime.kind,
  unit: SignalName.credentialExpiryTime.unit,
  attributes: { [SignalName.provider]: provider, [SignalName.credentialName]: credential, renewal },
  bounds: []
})
