/**
 * Every log event of this framework: its name, its severity, and how often it is said at most. A log line of ours is one of
 * these names as its message, and what belongs to it as annotations.
 *
 * Neighbours: `SignalName.events` has those of a running provider, which its engine says; the rest is said by what only some
 * programs have. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as QueueSeries from "./QueueSeries.ts"
import * as SignalName from "./SignalName.ts"

/**
 * **Details**   `severities`: the usual one first. `atMost`: in words, of one kind and place.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogEvent {
  readonly name: string
  readonly severities: ReadonlyArray<"INFO" | "WARN" | "ERROR">
  readonly atMost: string
}

/** @category names @since 0.1.0 */
export const refreshFailed = "integration.credential.refresh_failed"

/** @category names @since 0.1.0 */
export const rotationFailed = "integration.credential.rotation_failed"

/** @category names @since 0.1.0 */
export const telemetryDropped = "integration.telemetry.dropped"

/** @category names @since 0.1.0 */
export const telemetryOutage = "integration.telemetry.outage"

/** @category names @since 0.1.0 */
export const telemetryRestored = "integration.telemetry.restored"

/** @category names @since 0.1.0 */
export const telemetryLost = "integration.telemetry.lost"

/** @category names @since 0.1.0 */
export const call = "integration.call"

const { events } = SignalName
/** Each names a call that somebody has to look after. */
const each = "each, up to 1,000 a minute for each operation; the next one says how many were held back"

/**
 * All of them.
 *
 * **Example** (Each name once)
 *
 * ```ts import.meta.vitest
 * import { LogEvent } from "surety/signals"
 *
 * LogEvent.all.length === new Set(LogEvent.all.map(({ name }) => name)).size // => true
 * ```
 *
 * @category constants
 * @since 0.1.0
 */
export const all: ReadonlyArray<LogEvent> = [
  {
    name: events.circuitTransition,
    severities: ["WARN", "INFO"],
    atMost: "each; the tries of a circuit that stays open once a minute"
  },
  { name: events.retrySuppressed, severities: ["WARN"], atMost: "once a minute for each operation and reason" },
  { name: events.rateLimited, severities: ["WARN"], atMost: "once a minute for each operation and source" },
  { name: events.deprecationObserved, severities: ["WARN"], atMost: "once a day for each operation" },
  { name: events.contractViolation, severities: ["WARN"], atMost: "once a minute for each operation and violation" },
  { name: events.idempotencyConflict, severities: ["ERROR"], atMost: each },
  { name: events.outcomeUnknown, severities: ["ERROR"], atMost: each },
  {
    name: SignalName.outcomeSettled,
    severities: ["INFO"],
    atMost: "each pull of the lever, up to 1,000 a minute for each operation"
  },
  { name: refreshFailed, severities: ["ERROR"], atMost: "each question to the source, which is asked ever less often" },
  { name: rotationFailed, severities: ["ERROR"], atMost: "each" },
  { name: QueueSeries.deadLettered, severities: ["ERROR"], atMost: "once a minute for each queue" },
  { name: QueueSeries.unread, severities: ["WARN"], atMost: "once for each outage" },
  { name: call, severities: ["INFO"], atMost: "sampled, and 100 a second" },
  {
    name: SignalName.auditEvent,
    severities: ["INFO", "WARN", "ERROR"],
    atMost: "each fact, where an `Auditor` writes to the log"
  },
  { name: telemetryOutage, severities: ["WARN"], atMost: "once for each outage" },
  { name: telemetryRestored, severities: ["WARN"], atMost: "once for each outage" },
  { name: telemetryLost, severities: ["WARN"], atMost: "once, at the end" },
  { name: telemetryDropped, severities: ["WARN"], atMost: "once a minute" }
]
