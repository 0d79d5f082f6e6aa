/**
 * The subject of an alert: alerts of one subject are looked into alike.
 *
 * Neighbours: `RunbookAdvice` says what to do about a subject; the folder `alerts` names the alerts.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as AuditAlerts from "./alerts/AuditAlerts.ts"
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import * as OutcomeAlerts from "./alerts/OutcomeAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import * as StoreAlerts from "./alerts/StoreAlerts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Subject =
  | "objective"
  | "latency"
  | "fallback"
  | "circuit"
  | "isolation"
  | "limits"
  | "local"
  | "store"
  | "retries"
  | "credential"
  | "refusal"
  | "audit"
  | "outcome"
  | "keys"
  | "drift"
  | "sunset"
  | "telemetry"
  | "loss"
  | "queue"

/**
 * The subject of an alert; `undefined` for one that this version does not know, whose page then has what all have.
 *
 * @category rules
 * @since 0.1.0
 */
export const subjectOf = (alert: string): Subject | undefined =>
  Object.hasOwn(subjects, alert) ? subjects[alert] : undefined

const subjects: Readonly<Record<string, Subject>> = {
  [SloAlerts.burn]: "objective",
  [SloAlerts.exhausted]: "objective",
  [SloAlerts.latency]: "latency",
  [FallbackAlerts.degraded]: "fallback",
  [CircuitAlerts.open]: "circuit",
  [CircuitAlerts.flapping]: "circuit",
  [CircuitAlerts.isolated]: "isolation",
  [LimitAlerts.saturation]: "limits",
  [LimitAlerts.limited]: "limits",
  [LimitAlerts.queueing]: "limits",
  [LimitAlerts.forecast]: "limits",
  [LocalAlerts.fault]: "local",
  [StoreAlerts.failing]: "store",
  [RetryAlerts.exhausted]: "retries",
  [RetryAlerts.amplified]: "retries",
  [CredentialAlerts.refreshFailing]: "credential",
  [CredentialAlerts.unavailable]: "credential",
  [CredentialAlerts.refused]: "refusal",
  [CredentialAlerts.expiring]: "credential",
  [AuditAlerts.dropped]: "audit",
  [OutcomeAlerts.unknown]: "outcome",
  [OutcomeAlerts.conflict]: "keys",
  [ContractAlerts.drift]: "drift",
  [ContractAlerts.sunset]: "sunset",
  [ContractAlerts.absent]: "telemetry",
  [ContractAlerts.outdated]: "telemetry",
  [ContractAlerts.dropped]: "loss",
  [QueueAlerts.stale]: "queue",
  [QueueAlerts.backlog]: "queue",
  [QueueAlerts.deadLettered]: "queue"
}
