/**
 * An audit event as attributes of a telemetry record, and how much each kind matters.
 *
 * Neighbours: `LogAudit` and `OtlpAudit` write them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "../signals/SignalName.ts"
import type { Event, Kind } from "./Audit.ts"

/**
 * The name of the record.
 *
 * @category constants
 * @since 0.1.0
 */
export const eventName: string = SignalName.auditEvent

const names: Readonly<Record<keyof Event, string>> = {
  id: `${eventName}.id`,
  kind: `${eventName}.kind`,
  actor: `${eventName}.actor`,
  purpose: `${eventName}.purpose`,
  provider: SignalName.provider,
  credential: "integration.credential.name",
  version: "integration.credential.version",
  fingerprint: "integration.credential.fingerprint",
  operation: SignalName.operation,
  count: `${eventName}.count`,
  traceId: `${eventName}.trace_id`,
  wallMillis: `${eventName}.wall_ms`,
  monotonicMillis: `${eventName}.monotonic_ms`,
  detail: `${eventName}.detail`
}

/**
 * The facts of an event under their names; what the event does not have is absent.
 *
 * **Example** (A revoked key)
 *
 * ```ts import.meta.vitest
 * import * as AuditAttributes from "surety/credential/AuditAttributes"
 *
 * AuditAttributes.of({
 *   id: "e1",
 *   kind: "revoked",
 *   actor: "checkout-7",
 *   purpose: "shutdown",
 *   provider: "acme/Payments",
 *   credential: "bearer",
 *   wallMillis: 0,
 *   monotonicMillis: 0
 * })["integration.audit.kind"] // => "revoked"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const of = (event: Event): Readonly<Record<string, string | number>> => {
  const attributes: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(event)) {
    if (Object.hasOwn(names, name) && (typeof value === "string" || typeof value === "number")) {
      attributes[names[name as keyof Event]] = value
    }
  }
  return attributes
}

/**
 * How much an event matters to whoever is on call.
 *
 * @category rules
 * @since 0.1.0
 */
export const severityOf = (kind: Kind): "Info" | "Warn" | "Error" => severities[kind]

const severities: Readonly<Record<Kind, "Info" | "Warn" | "Error">> = {
  requested: "Info",
  granted: "Info",
  used: "Info",
  refreshed: "Info",
  rotated: "Info",
  revoked: "Info",
  administered: "Info",
  denied: "Warn",
  expired: "Warn",
  "reuse-of-expired": "Warn",
  rejected: "Warn",
  "rotation-failed": "Error",
  "revoke-failed": "Error",
  reauthorize: "Error"
}
