/**
 * The series of a probe, as data. No contract knows of probes: whoever runs one declares it.
 *
 * Neighbours: `telemetry/Probe` registers them. Pure.
 *
 * @source OpenTelemetry semantic conventions 1.44, user-agent
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import { boundsOf, type Series } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * How long probes took, retries and waits included, by how they ended.
 *
 * @category signals
 * @since 0.1.0
 */
export const duration: SignalName.Signal<"histogram"> = {
  name: "integration.probe.duration",
  kind: "histogram",
  unit: "s"
}

/**
 * The attribute that every span of a probe has, at `test`.
 *
 * @category attributes
 * @since 0.1.0
 */
export const synthetic = "user_agent.synthetic.type"

/**
 * The values of `integration.outcome` of a probe.
 *
 * @category constants
 * @since 0.1.0
 */
export const outcomes = ["success", "failure", "rejected", "degraded"] as const

/**
 * What is registered at 0 for a probe of an operation.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (contract: Contract.Any, operation: string): ReadonlyArray<Series> =>
  outcomes.map((outcome) => ({
    ...duration,
    attributes: {
      [SignalName.provider]: contract.id,
      [SignalName.operation]: operation,
      [SignalName.outcome]: outcome
    },
    bounds: boundsOf(contract)
  }))
