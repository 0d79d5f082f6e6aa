/**
 * How loud an alert is for a provider of a given criticality.
 *
 * Neighbours: `AlertDraft` asks it for every alert.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { Severity } from "./Alert.ts"

/**
 * **Details**   `none`: this provider does without the alert.
 *
 * @category models
 * @since 0.1.0
 */
export type Loudness = Severity | "none"

/**
 * Decides.
 *
 * **Details**   Critical and high: as usual. Medium: every page is a ticket. Low: the same, and what would be the second ticket
 * about one thing (a faster burn, a nearer end) is left out.
 *
 * **Example** (The three days before a credential ends)
 *
 * ```ts import.meta.vitest
 * import * as Severity from "@surety/ops/Severity"
 *
 * Severity.decide("high", "page", "escalates") // => "page"
 * Severity.decide("medium", "page", "escalates") // => "ticket"
 * Severity.decide("low", "page", "escalates") // => "none"
 * Severity.decide("low", "page", "alone") // => "ticket"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  criticality: Contract.Any["criticality"],
  usual: Severity,
  standing: "alone" | "escalates"
): Loudness => {
  if (usual === "ticket" || criticality === "critical" || criticality === "high") return usual
  return criticality === "low" && standing === "escalates" ? "none" : "ticket"
}
