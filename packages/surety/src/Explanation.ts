/**
 * What a contract means, as plain data that survives JSON.
 *
 * Neighbours: `Explain` makes it; `ExplanationText`, dossier and command line print it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Backoff from "./Backoff.ts"
import type * as CircuitBreaker from "./CircuitBreaker.ts"
import type * as Contract from "./Contract.ts"
import type * as Credential from "./Credential.ts"
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
 * The credential of a provider, or the reason why it needs none.
 *
 * **Details**   `parameter`: of the query, where the secret is sent in the address; else it is in `headers`. No secret is in it.
 *
 * @category models
 * @since 0.1.0
 */
export type ExplainedCredential =
  | Credential.None
  | {
      readonly _tag: "Credential"
      readonly name: string
      readonly scheme:
        | { readonly _tag: "Query"; readonly parameter: string; readonly because: string }
        | { readonly _tag: Exclude<Credential.Scheme["_tag"], "Query">; readonly headers: ReadonlyArray<string> }
      readonly scopes: ReadonlyArray<string>
      readonly owner: string
      readonly life: Credential.Life
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
  readonly credential: ExplainedCredential
  readonly limits: ExplainedLimits
  readonly operations: ReadonlyArray<ExplainedOperation>
}
