/**
 * One failure of one operation, in sentences for somebody who met it at night.
 *
 * Neighbours: `surety/ExplanationText` prints a whole contract as tables.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "surety/Backoff"
import type { ExplainedFailure, ExplainedOperation, Explanation, Retry } from "surety/Explanation"

/**
 * @category conversions
 * @since 0.1.0
 */
export const toText = (of: Explanation, operation: ExplainedOperation, failure: ExplainedFailure): string => {
  const { retry, statuses } = failure
  const origin = failure.origin === "declared" ? "declared by the operation" : "every remote call can meet it"
  const lines: ReadonlyArray<readonly [string, string]> = [
    [
      "means",
      [faults[failure.fault], origin, ...(statuses.length === 0 ? [] : [`status ${statuses.join(", ")}`])].join("; ")
    ],
    ["may repeat", dispositions[failure.disposition]],
    ["retried", retryText(retry)],
    [
      "at worst",
      `${seconds(failure.worstCaseMillis)}, ${failure.maxRequests} ${failure.maxRequests === 1 ? "request" : "requests"}`
    ],
    [
      "caller gets",
      failure.fallback === "yes" ? `the fallback (${operation.fallback})` : endings[failure.ending](failure.tag)
    ],
    ...(failure.afterAmbiguity === failure.ending
      ? []
      : [["after a lost try", endings[failure.afterAmbiguity](failure.tag)] as const]),
    ["circuit", failure.breaker],
    ["objective", failure.slo],
    ["runbook", of.runbook]
  ]
  const width = Math.max(...lines.map(([label]) => label.length))
  return [
    `${failure.tag} of ${operation.name} (${of.provider})`,
    ...lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`)
  ].join("\n")
}

/** The first attempt is no retry. */
const retryText = (retry: Retry): string => {
  if (retry._tag === "NotRetried") return `no: ${retry.because}${retry.law === "choice" ? "" : ` (${retry.law})`}`
  const more = retry.maxAttempts - 1
  return more === 0
    ? "no: its rule has 1 attempt"
    : `${more === 1 ? "once" : `up to ${more} times`}, with a backoff of up to ${seconds(Backoff.ceilingMillis({ ...retry, _tag: "Backoff" }, more))} (${retry.jitter} jitter); each costs ${retry.budgetCost} of the retry budget`
}

const faults = {
  provider: "the provider's fault",
  network: "the network's fault",
  caller: "the caller's fault",
  local: "our own doing"
} as const

const dispositions = {
  safe: "yes, it was certainly not applied",
  "idempotent-only": "only where a repeat does no harm: it may have been applied",
  never: "no, the same request gives the same answer"
} as const

const endings = {
  itself: (tag: string) => `${tag} itself`,
  RetriesExhausted: (tag: string) => `RetriesExhausted with ${tag} in it`,
  OutcomeUnknown: (tag: string) => `OutcomeUnknown with ${tag} in it: look before you repeat`
} as const

const seconds = (millis: number): string => (millis < 1000 ? `${millis} ms` : `${Number((millis / 1000).toFixed(2))} s`)
