/**
 * What was decided against the usual rule, each with its reason, as the contract states it: the first thing a reviewer
 * reads.
 *
 * Neighbours: `DossierArchitecture` ends with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Section } from "./Document.ts"
import * as Doc from "./Document.ts"
import type { DossierSource } from "./DossierSource.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const section = (source: DossierSource): Section => {
  const found = exceptionsOf(source)
  return Doc.section("exceptions", "Declared exceptions", [
    found.length === 0
      ? Doc.paragraph("None: every rule that a contract may set aside with a reason holds here.")
      : Doc.table(
          "Rules that this contract sets aside, and why.",
          ["Where", "What was chosen", "Because"],
          found.map(([where, what, why]) => [[Doc.code(where)], what, why])
        )
  ])
}

const exceptionsOf = ({ contract, explanation }: DossierSource): ReadonlyArray<readonly [string, string, string]> => {
  const { credentials, limits, propagateTrace, redirectsTo, version } = contract
  const { rate } = limits
  return [
    ...explanation.operations.flatMap(({ name, plan }): ReadonlyArray<readonly [string, string, string]> =>
      plan._tag === "AcceptedRisk"
        ? [[`operations.${name}`, "a mutation without a plan against double effects", plan.because]]
        : []
    ),
    ...(credentials._tag === "NoCredential"
      ? [["credentials", "calls without a credential", credentials.because] as const]
      : []),
    ...(credentials._tag === "Credential" && credentials.scheme._tag === "Query"
      ? [["credentials", "a secret in the address of every request", credentials.scheme.because] as const]
      : []),
    ...("because" in rate && typeof rate.because === "string"
      ? [["limits.rate", "no rate limit of our own", rate.because] as const]
      : []),
    ...(limits.breaker.trip._tag === "None"
      ? [["limits.breaker", "a circuit that never opens by itself", limits.breaker.trip.because] as const]
      : []),
    ...("unversioned" in version ? [["version", "no pinned version", version.unversioned] as const] : []),
    ...(redirectsTo.length === 0
      ? []
      : [["redirectsTo", `redirects are followed to ${redirectsTo.join(", ")}`, "declared by the contract"] as const]),
    ...(propagateTrace === "never"
      ? []
      : [["propagateTrace", "our trace identifiers are sent along", "declared by the contract"] as const])
  ]
}
