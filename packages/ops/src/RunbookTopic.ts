/**
 * What somebody who was woken up by an alert wants to know first: three questions to ask Prometheus, what to look for in
 * traces and logs, what it may be, and how to see that it is over. By subject, because alerts of one subject are looked into
 * alike.
 *
 * Neighbours: `Runbook` fills its pages with it; the folder `alerts` names the alerts.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as OutcomeAlerts from "./alerts/OutcomeAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Subject =
  | "objective"
  | "circuit"
  | "isolation"
  | "limits"
  | "retries"
  | "credential"
  | "outcome"
  | "keys"
  | "drift"
  | "sunset"
  | "telemetry"
  | "queue"

/**
 * **Details**   `causes`: most likely first. `errors`: the `error.type` values to filter traces by, `undefined` for any error.
 * `over`: how it is seen that it is over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Topic {
  readonly subject: Subject
  readonly causes: ReadonlyArray<string>
  readonly events: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string> | undefined
  readonly over: string
}

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
  [SloAlerts.latency]: "objective",
  [CircuitAlerts.open]: "circuit",
  [CircuitAlerts.flapping]: "circuit",
  [CircuitAlerts.isolated]: "isolation",
  [LimitAlerts.saturation]: "limits",
  [LimitAlerts.limited]: "limits",
  [LimitAlerts.queueing]: "limits",
  [LimitAlerts.forecast]: "limits",
  [RetryAlerts.exhausted]: "retries",
  [RetryAlerts.amplified]: "retries",
  [CredentialAlerts.refreshFailing]: "credential",
  [CredentialAlerts.unavailable]: "credential",
  [CredentialAlerts.expiring]: "credential",
  [OutcomeAlerts.unknown]: "outcome",
  [OutcomeAlerts.conflict]: "keys",
  [ContractAlerts.drift]: "drift",
  [ContractAlerts.sunset]: "sunset",
  [ContractAlerts.absent]: "telemetry",
  [ContractAlerts.outdated]: "telemetry",
  [QueueAlerts.stale]: "queue",
  [QueueAlerts.backlog]: "queue",
  [QueueAlerts.deadLettered]: "queue"
}

const { events } = SignalName

/**
 * What belongs to a subject.
 *
 * @category rules
 * @since 0.1.0
 */
export const topicOf = (subject: Subject | undefined): Topic => topics[subject ?? "objective"]

const topics: Readonly<Record<Subject, Topic>> = {
  objective: {
    subject: "objective",
    causes: [
      "The provider has an incident: errors or slowness on most operations, here and for everybody else.",
      "One operation only: the provider changed it, or we send it something new.",
      "The network or DNS on our side: other providers fail too."
    ],
    events: [events.circuitTransition, events.retrySuppressed, events.contractViolation],
    errors: undefined,
    over: "The share of bad calls over the shorter window of the alert is back under its threshold; the alert resolves ten minutes later. No slower one tells of the same calls again."
  },
  circuit: {
    subject: "circuit",
    causes: [
      "The provider is down or unreachable: the circuit is right, and keeps load away from it.",
      "It flaps: the provider answers some probes and fails under load again.",
      "A proxy or a firewall between us and it."
    ],
    events: [events.circuitTransition],
    errors: ["circuit_open", "timeout", "connect_refused", "reset", "dns"],
    over: "The circuit is closed on every process and has stayed so for 10 minutes. An alert that ended because nobody calls any more says nothing of the provider: its circuit is still open, and the next call is a probe."
  },
  isolation: {
    subject: "isolation",
    causes: ["Somebody isolated the provider by hand and has not closed the circuit again."],
    events: [events.circuitTransition],
    errors: ["circuit_isolated"],
    over: "No process reports the state isolated."
  },
  limits: {
    subject: "limits",
    causes: [
      "We send more than we declared to: a new job, a loop, a backfill.",
      "Another user of the same account spends the limit.",
      "The provider lowered it: compare the limit it reports with the declared one."
    ],
    events: [events.rateLimited],
    errors: ["429", "rate_limited_local"],
    over: "Tokens are left over at the busiest minute, and no call waits for one."
  },
  retries: {
    subject: "retries",
    causes: [
      "A partial outage: first attempts fail and later ones succeed. The objective may still be met.",
      "A timeout that is too short for what the provider now needs."
    ],
    events: [events.retrySuppressed],
    errors: undefined,
    over: "The retry budget is filled up again, no retry is given up for it, and there are hardly more attempts than calls."
  },
  credential: {
    subject: "credential",
    causes: [
      "The store of the secret, or the token endpoint, is down or refuses us.",
      "The grant or the key was revoked or has ended at the provider.",
      "A new secret is wrong: it was rotated there and not here, or the other way round."
    ],
    events: ["integration.credential.refresh_failed", "integration.credential.rotation_failed", "integration.audit"],
    errors: ["auth_refresh_failed", "auth_rejected", "scope_missing"],
    over: "The credential is healthy on every process, and its end is further away than before."
  },
  outcome: {
    subject: "outcome",
    causes: [
      "The provider stopped answering in the middle of a mutation.",
      "The lookup that should settle it fails too."
    ],
    events: [events.outcomeUnknown],
    errors: ["timeout", "reset", "body_truncated"],
    over: "Every call that was left open is settled, and the process that lost it knows: the gauge is 0 on every process. A process counts its own losses only. It forgets them when it ends, when the provider forgets the key, or a day after the call where it keeps none: a gauge that fell to 0 by itself proves nothing."
  },
  keys: {
    subject: "keys",
    causes: [
      "Two different requests were made under one key: it does not name what the caller means.",
      "A caller changed the request and kept the key."
    ],
    events: [events.idempotencyConflict],
    errors: undefined,
    over: "No new conflict in an hour."
  },
  drift: {
    subject: "drift",
    causes: [
      "The provider changed an answer: a field, a type, a status.",
      "A proxy answers in its place, with a page of its own.",
      "A version of the API is answered that is not the pinned one."
    ],
    events: [events.contractViolation],
    errors: ["decode", "undeclared_status", "contract_violation"],
    over: "No violation in an hour after the contract, or the provider, was corrected."
  },
  sunset: {
    subject: "sunset",
    causes: ["The provider has announced the end of an operation or of the pinned version."],
    events: [events.deprecationObserved],
    errors: undefined,
    over: "The operation is no longer called by any process that has started since, or its good answers have named no end for a day; then the gauge is 0 again, or what the contract declares."
  },
  telemetry: {
    subject: "telemetry",
    causes: [
      "The process is not running, or is not scraped.",
      "Its exporter lost what it could not deliver.",
      "It runs another contract than these rules were made for: generate them again."
    ],
    events: [],
    errors: undefined,
    over: "Every process that should report the contract does, with the hash of these rules."
  },
  queue: {
    subject: "queue",
    causes: [
      "The provider does not take what the queue holds: look at the objective and the circuit first.",
      "Nobody works on the queue: the consumer is not running.",
      "One item fails again and again."
    ],
    events: [events.circuitTransition, events.outcomeUnknown],
    errors: undefined,
    over: "The oldest item is younger than its limit, and nothing new is dead."
  }
}
