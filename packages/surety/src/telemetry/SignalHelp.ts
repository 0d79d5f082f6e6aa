/**
 * One sentence per metric, for whoever meets it on a dashboard. The engine's series carry none: they are added on the way
 * out.
 *
 * Neighbours: `signals/SignalName` has the names; `PrometheusText`, `OtlpExport` and `@surety/opentelemetry` write the
 * sentence.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ProbeSeries from "../signals/ProbeSeries.ts"
import * as QueueSeries from "../signals/QueueSeries.ts"
import * as SignalName from "../signals/SignalName.ts"

const sentences: ReadonlyArray<readonly [SignalName.Signal, string]> = [
  [SignalName.operationDuration, "How long calls took, retries and waits included, by how they ended."],
  [SignalName.attempts, "Attempts that were made, by why."],
  [SignalName.retrySuppressed, "Retries that were not made, by why."],
  [SignalName.fallbacks, "Calls that were answered by a fallback."],
  [SignalName.cacheRequests, "Answers that were kept, by what came of asking for them."],
  [SignalName.contractViolations, "Answers and requests that did not keep the contract."],
  [SignalName.idempotencyKeys, "Idempotency keys, by what became of them."],
  [SignalName.unknownCalls, "Mutations of which nobody knew whether they were applied."],
  [SignalName.unknown, "Mutations of which nobody knows at present whether they were applied."],
  [SignalName.unknownAge, "For how long the oldest unknown outcome has been unknown."],
  [SignalName.reconciled, "Unknown outcomes that were found out."],
  [SignalName.deprecationResponses, "Answers that announced the end of an operation."],
  [SignalName.sunsetTime, "When an operation ends, in seconds since 1970; 0 when nothing was announced."],
  [SignalName.requestDuration, "How long single requests took, answer included."],
  [SignalName.activeRequests, "Requests that are on their way."],
  [SignalName.contractInfo, "1, with the version, hash, owner and criticality of the contract."],
  [SignalName.circuitState, "1 for the state in which the circuit is."],
  [SignalName.circuitTransitions, "Changes of the circuit's state."],
  [SignalName.circuitRejections, "Calls that the open circuit refused."],
  [SignalName.concurrencyInFlight, "Attempts that hold a permit."],
  [SignalName.concurrencyLimit, "Attempts that may hold a permit at one time."],
  [SignalName.concurrencyQueued, "Calls that wait for a permit."],
  [SignalName.concurrencyRejections, "Calls that were refused because too many waited for a permit."],
  [SignalName.retryBudget, "The part of the retry budget that is left."],
  [SignalName.retryDelay, "How long calls waited before a retry."],
  [SignalName.rateLimit, "What a rate limit allows in its period."],
  [SignalName.rateRemaining, "What is left of a rate limit."],
  [SignalName.rateResetTime, "When a rate limit is whole again, in seconds since 1970."],
  [SignalName.rateRejections, "Calls that were refused for their rate, by whom."],
  [SignalName.rateWait, "How long calls waited for a rate limit."],
  [SignalName.quotaUsed, "What is used of a quota."],
  [SignalName.quotaLimit, "What a quota allows in its period."],
  [SignalName.quotaResetTime, "When a quota is whole again, in seconds since 1970."],
  [SignalName.storeErrors, "Failures of the store that guards share."],
  [SignalName.credentialRefreshes, "Renewals of a credential, by how they ended."],
  [SignalName.credentialState, "1 for the state in which the credential is."],
  [
    SignalName.credentialExpiryTime,
    "When the secret in use ends, in seconds since 1970; 0 as long as no end is known."
  ],
  [SignalName.auditBuffered, "Events of the audit trail that a sink has not taken yet."],
  [SignalName.auditDropped, "Events of the audit trail that are lost."],
  [SignalName.auditMerged, "Uses of a credential that were told together with another one."],
  [SignalName.auditSinkErrors, "Deliveries of the audit trail that failed."],
  [ProbeSeries.duration, "How long probes took, by how they ended."],
  [QueueSeries.depth, "Items of a queue in front of a provider, by where they are."],
  [QueueSeries.oldestAge, "For how long the oldest item of a queue has waited."],
  [QueueSeries.messages, "Items of a queue, by what became of them."]
]

const byName: ReadonlyMap<string, string> = new Map(sentences.map(([{ name }, sentence]) => [name, sentence]))

/**
 * What a metric of this framework means.
 *
 * **Example** (One of ours, and one of somebody else's)
 *
 * ```ts import.meta.vitest
 * import { SignalHelp } from "surety/telemetry"
 *
 * SignalHelp.of("integration.attempts") // => "Attempts that were made, by why."
 * SignalHelp.of("orders") // => undefined
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const of = (name: string): string | undefined => byName.get(name)
