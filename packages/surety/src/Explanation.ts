/**
 * What a contract means, as plain data that survives JSON, and as text.
 *
 * Neighbours: `Explain` makes it; docs, dossier and command line print it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Backoff from "./Backoff.ts"
import type * as CircuitBreaker from "./CircuitBreaker.ts"
import type * as Contract from "./Contract.ts"
import type * as Failure from "./Failure.ts"
import type * as Idempotency from "./Idempotency.ts"
import type * as RetryBudget from "./RetryBudget.ts"
import type { Kind } from "./RetryMatrix.ts"

/**
 * Is a failure retried, and if not, which law or choice forbids it?
 *
 * **Details**   `budgetCost`: tokens of the retry budget for each retry.
 *
 * @category models
 * @since 0.1.0
 */
export type Retry =
  | {
      readonly _tag: "Retried"
      readonly maxAttempts: number
      readonly baseMillis: number
      readonly capMillis: number
      readonly jitter: Backoff.Jitter
      readonly budgetCost: number
    }
  | { readonly _tag: "NotRetried"; readonly law: "RETRY-001" | "RETRY-002" | "choice"; readonly because: string }

/**
 * What a caller gets when every attempt met this failure.
 *
 * **Details**   `itself`: the failure under its own tag.
 *
 * @category models
 * @since 0.1.0
 */
export type Ending = "itself" | "RetriesExhausted" | "OutcomeUnknown"

/**
 * One failure of one operation.
 *
 * **Details**   `origin`: declared by the operation, or met by every remote call. `statuses`: the HTTP
 * statuses that mean it. `worstCaseMillis`: when every attempt meets this failure at its
 * timeout and every wait is as long as it can be; waits the provider asks for are bounded by
 * the operation's total. `maxRequests`: requests that one call can become, hedges included.
 * `afterAmbiguity`: the ending when an earlier attempt of the same mutation got lost.
 * `fallback`: `yes` when the operation's fallback is served instead of the ending.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExplainedFailure {
  readonly tag: string
  readonly origin: "declared" | "transport"
  readonly statuses: ReadonlyArray<number>
  readonly disposition: Failure.Disposition
  readonly fault: Failure.Fault
  readonly health: Failure.Health
  readonly retry: Retry
  readonly worstCaseMillis: number
  readonly maxRequests: number
  readonly ending: Ending
  readonly afterAmbiguity: Ending
  readonly breaker: "counts as an outage" | "counts as an answer" | "is ignored"
  readonly slo: "counts against it" | "does not count"
  readonly fallback: "yes" | "no"
}

/**
 * The plan of a mutation.
 *
 * @category models
 * @since 0.1.0
 */
export type ExplainedPlan =
  | { readonly _tag: "None" }
  | {
      readonly _tag: "Key"
      readonly source: Idempotency.KeySource
      readonly header: string
      readonly retainedForMillis: number
    }
  | { readonly _tag: "Natural"; readonly because: string }
  | {
      readonly _tag: "Reconcile"
      readonly source: Idempotency.KeySource
      readonly via: string
      readonly absent: "not-applied" | "unknown"
      readonly settleMillis: number
    }
  | { readonly _tag: "AcceptedRisk"; readonly because: string }

/**
 * One operation.
 *
 * **Details**   `worstCaseMillis`: attempts and waits of the whole matrix; queueing, limiter, credential
 * and lookups come on top, and `totalMillis` bounds it all. `cost`: tokens by bucket, or
 * `by request`. `refusals`: what `NotAttempted` can carry.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExplainedOperation {
  readonly name: string
  readonly kind: Kind
  readonly attemptMillis: number
  readonly totalMillis: number
  readonly worstCaseMillis: number
  readonly maxRequests: number
  readonly replaySafe: "yes" | "no"
  readonly plan: ExplainedPlan
  readonly hedge: { readonly _tag: "None" } | { readonly _tag: "After"; readonly millis: number }
  readonly cost: Readonly<Record<string, number | "by request">>
  readonly fallback: "none" | "constant" | "stale" | "other"
  readonly refusals: ReadonlyArray<string>
  readonly failures: ReadonlyArray<ExplainedFailure>
}

/**
 * The limits of a provider.
 *
 * **Details**   `worstQueueMillis`: the wait of the last call in a full queue when every call before it
 * takes the longest attempt timeout.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExplainedLimits {
  readonly buckets: Readonly<
    Record<string, { readonly limit: number; readonly periodMillis: number; readonly burst: number }>
  >
  readonly concurrency: number
  readonly queue: number
  readonly worstQueueMillis: number
  readonly breaker: CircuitBreaker.CircuitBreaker
  readonly retryBudget: RetryBudget.RetryBudget
  readonly onThrottled: "pause" | "ignore"
  readonly onStoreError: "open" | "closed"
}

/**
 * A whole contract.
 *
 * @category models
 * @since 0.1.0
 */
export interface Explanation {
  readonly provider: string
  readonly baseUrl: string
  readonly owner: string
  readonly criticality: string
  readonly runbook: string
  readonly degradation: string
  readonly slo: {
    readonly availability: number
    readonly latencyMillis: Readonly<Record<string, number>>
    readonly windowMillis: number
  }
  readonly version: Contract.Version
  readonly credential: string
  readonly limits: ExplainedLimits
  readonly operations: ReadonlyArray<ExplainedOperation>
}

/**
 * An explanation as text: one table for each operation, in a fixed-width font.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = (explanation: Explanation): string =>
  [head(explanation), ...explanation.operations.map((operation) => operationText(operation))].join("\n\n")

const head = (of: Explanation): string => {
  const { limits } = of
  const buckets = Object.entries(limits.buckets).map(
    ([name, one]) => `${name} ${one.limit} in ${time(one.periodMillis)}, ${one.burst} at once`
  )
  return [
    `${of.provider} (${of.criticality}), ${of.owner}, ${of.baseUrl}`,
    `  when it is down  ${of.degradation}`,
    `  credential       ${of.credential}`,
    `  rate             ${buckets.length === 0 ? "unlimited" : buckets.join("; ")}`,
    `  concurrency      ${limits.concurrency} at once, ${limits.queue} queued, the last for up to ${time(limits.worstQueueMillis)}`,
    `  circuit          ${trip(limits.breaker)}`,
    `  retry budget     ${budget(limits.retryBudget)}`
  ].join("\n")
}

const operationText = (of: ExplainedOperation): string => {
  const rows = of.failures.map((one) => [
    one.tag,
    one.disposition,
    one.retry._tag === "Retried"
      ? `${one.retry.maxAttempts} times, ${time(one.retry.baseMillis)} to ${time(one.retry.capMillis)}, ${one.retry.jitter}`
      : `no: ${one.retry.law === "choice" ? "declared so" : one.retry.law}`,
    time(one.worstCaseMillis),
    String(one.maxRequests),
    one.ending,
    one.afterAmbiguity,
    `${one.breaker}; ${one.slo}`
  ])
  const extras = [
    of.plan._tag === "None" ? undefined : planText(of.plan),
    of.hedge._tag === "After" ? `hedged after ${time(of.hedge.millis)}` : undefined,
    of.fallback === "none" ? undefined : `fallback: ${of.fallback}`
  ].filter((one) => one !== undefined)
  return [
    `${of.name} (${of.kind}): ${time(of.attemptMillis)} an attempt, ${time(of.totalMillis)} in all, worst case ${time(
      of.worstCaseMillis
    )} and ${of.maxRequests} requests${extras.map((one) => `, ${one}`).join("")}`,
    ...table([columns, ...rows])
  ].join("\n")
}

const columns = [
  "failure",
  "may repeat",
  "retried",
  "up to",
  "requests",
  "ends as",
  "after a lost attempt",
  "circuit; objective"
]

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd())
}

const planText = (plan: ExplainedPlan): string => {
  switch (plan._tag) {
    case "None":
      return "no plan"
    case "Key":
      return `${plan.source === "caller" ? "the caller's key" : "a generated key"} in ${plan.header}, remembered for ${time(plan.retainedForMillis)}`
    case "Reconcile":
      return `reconciled by ${plan.via}`
    case "Natural":
      return `idempotent: ${plan.because}`
    case "AcceptedRisk":
      return `accepted risk: ${plan.because}`
  }
}

const trip = ({ openMaxMillis, openMinMillis, trip }: CircuitBreaker.CircuitBreaker): string => {
  const open = `for ${time(openMinMillis)} to ${time(openMaxMillis)}`
  switch (trip._tag) {
    case "None":
      return `never opens: ${trip.because}`
    case "Consecutive":
      return `opens after ${trip.failures} outages in a row, ${open}`
    case "FailureRate":
      return `opens at ${trip.threshold * 100} % outages of the last ${trip.size} (${trip.minimumCalls} known), ${open}`
  }
}

const budget = (of: RetryBudget.RetryBudget): string =>
  of._tag === "Bucket"
    ? `${of.capacity} tokens; a retry costs ${of.outageCost} after an outage, ${of.throttledCost} when throttled`
    : `${of.ratio * 100} % of the calls of ${time(of.windowMillis)}, at least ${of.floor}`

const time = (millis: number): string =>
  millis < 1000
    ? `${millis} ms`
    : millis < 120_000
      ? `${trim(millis / 1000)} s`
      : millis < 7_200_000
        ? `${trim(millis / 60_000)} min`
        : `${trim(millis / 3_600_000)} h`

const trim = (amount: number): string => String(Number(amount.toFixed(2)))
