/**
 * A contract as plain data for people: for every operation and every failure, whether it is
 * retried, under which rule and why not, how long it can take, how many requests it can
 * become, and what the caller gets in the end.
 *
 * Neighbours: `Explanation` is the result, `ExplanationText` prints it; `RetryDecision` and the engine act on
 * the same values. It reads a contract and never runs a call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Backoff from "./Backoff.ts"
import type * as Contract from "./Contract.ts"
import * as Credential from "./Credential.ts"
import type * as Failure from "./Failure.ts"
import type {
  ExplainedCredential,
  ExplainedFailure,
  ExplainedOperation,
  ExplainedPlan,
  Explanation,
  Retry
} from "./Explanation.ts"
import * as Idempotency from "./Idempotency.ts"
import type * as Operation from "./Operation.ts"
import type * as RetryBudget from "./RetryBudget.ts"
import * as PossibleRefusals from "./signals/PossibleRefusals.ts"
import * as TimeAlgebra from "./TimeAlgebra.ts"
import { AttemptTimeout, ConnectionLost, ContractViolation, NotSent, UndeclaredStatus } from "./TransportFailure.ts"
import * as Wire from "./Wire.ts"

export { toText } from "./ExplanationText.ts"

/**
 * Explains a contract.
 *
 * **Example** (What happens when a read of a provider is throttled)
 *
 * ```ts import.meta.vitest
 * import * as Effect from "effect/Effect"
 * import * as Backoff from "surety/Backoff"
 * import * as Credential from "surety/Credential"
 * import * as Degradation from "surety/Degradation"
 * import * as Failure from "surety/Failure"
 * import * as Operation from "surety/Operation"
 * import * as Provider from "surety/Provider"
 * import * as RateLimit from "surety/RateLimit"
 * import * as RetryMatrix from "surety/RetryMatrix"
 *
 * class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", { retry: "safe", fault: "provider" }) {}
 * const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 *
 * const contract = Provider.make("acme/Weather", {
 *   baseUrl: "https://api.weather.example",
 *   owner: "team-sky",
 *   criticality: "low",
 *   degradation: Degradation.fail,
 *   slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
 *   limits: { rate: RateLimit.unlimited("the provider publishes none"), concurrency: 4 },
 *   credentials: Credential.none("the service is open"),
 *   version: { unversioned: "the service has one version", reviewBy: "2027-04-01" },
 *   runbook: "https://runbooks.example/weather",
 *   operations: {
 *     today: Operation.read("today", {
 *       timeout: { attempt: "1 second", total: "4 seconds" },
 *       failures: [RateLimited],
 *       retry: { ...RetryMatrix.transport(quick), RateLimited: quick },
 *       attempt: (_city: string) => Effect.succeed("rain")
 *     })
 *   }
 * })
 *
 * const throttled = Provider.explain(contract).operations[0]?.failures[0]
 * throttled?.worstCaseMillis // => 3150
 * throttled?.maxRequests // => 3
 * throttled?.ending // => "RetriesExhausted"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const explain = (contract: Contract.Any): Explanation => {
  const { degradation, limits, slo } = contract
  const operations = Object.values(contract.operations)
  const longest = operations.reduce((most, one) => Math.max(most, one.attemptMillis), 0)
  return {
    provider: contract.id,
    baseUrl: contract.baseUrl,
    owner: contract.owner,
    criticality: contract.criticality,
    runbook: contract.runbook,
    degradation: degradation._tag === "Fail" ? "callers get the error" : degradation.how,
    slo: {
      availability: slo.availability,
      latencyMillis: Object.fromEntries(Object.entries(slo.latency).map(([name, bound]) => [name, millisOf(bound)])),
      windowMillis: millisOf(slo.window)
    },
    version: contract.version,
    credential: credentialOf(contract),
    limits: {
      buckets: Object.fromEntries(
        Object.entries(limits.buckets).map(([name, { burst, limit, periodMillis }]) => [
          name,
          { limit, periodMillis, burst }
        ])
      ),
      concurrency: limits.concurrency,
      queue: limits.queue,
      worstQueueMillis: Math.ceil(limits.queue / limits.concurrency) * longest,
      breaker: limits.breaker,
      retryBudget: limits.retryBudget,
      onThrottled: limits.onThrottled,
      onStoreError: limits.onStoreError
    },
    operations: operations.map((operation) => explainOperation(operation, contract))
  }
}

const explainOperation = (operation: Operation.Any, contract: Contract.Any): ExplainedOperation => {
  const { attemptMillis, fallback, hedgeMillis, idempotency: plan, kind, name, retry, totalMillis } = operation
  const maxRequests = TimeAlgebra.maxAttempts(retry)
  const byTag = new Map<string, ExplainedFailure>()
  const add = (origin: ExplainedFailure["origin"], source: Failure.Source<unknown>): void => {
    const before = byTag.get(source.tag)
    const one = explainFailure(origin, source, operation, contract)
    // several wires may lead to one failure
    byTag.set(source.tag, before === undefined ? one : { ...one, statuses: union(before.statuses, one.statuses) })
  }
  for (const source of operation.failures) add("declared", source)
  for (const source of transport) add("transport", source)
  return {
    name,
    kind,
    attemptMillis,
    totalMillis,
    worstCaseMillis: round(Math.min(totalMillis, TimeAlgebra.worstMatrixMillis(retry, attemptMillis, settleOf(plan)))),
    maxRequests,
    replaySafe: kind === "read" || Idempotency.isReplaySafe(plan) ? "yes" : "no",
    plan: explainPlan(plan),
    hedge: hedgeMillis === undefined ? { _tag: "None" } : { _tag: "After", millis: hedgeMillis },
    cost: costOf(operation, contract),
    fallback: fallback === undefined ? "none" : fallbackNames[fallback._tag],
    refusals: PossibleRefusals.of(operation, contract),
    failures: [...byTag.values()]
  }
}

const transport: ReadonlyArray<Failure.Source<unknown>> = [
  NotSent,
  ConnectionLost,
  AttemptTimeout,
  UndeclaredStatus,
  ContractViolation
]

const fallbackNames = { Constant: "constant", Stale: "stale", Other: "other" } as const

const explainFailure = (
  origin: ExplainedFailure["origin"],
  source: Failure.Source<unknown>,
  operation: Operation.Any,
  contract: Contract.Any
): ExplainedFailure => {
  const { disposition, fault, health, tag } = source
  const { attemptMillis, hedgeMillis, idempotency: plan, kind, retry, totalMillis } = operation
  const settle = settleOf(plan)
  const rule: Backoff.Rule | undefined = retry[tag]
  const attempts = rule?._tag === "Backoff" ? rule.maxAttempts : 1
  // the copy of the last attempt may be one more than the rule of this failure allows
  const most = hedgeMillis === undefined ? attempts : Math.min(attempts + 1, TimeAlgebra.maxAttempts(retry))
  const lost = kind === "mutation" && disposition === "idempotent-only"
  const ending = lost ? "OutcomeUnknown" : rule?._tag === "Backoff" ? "RetriesExhausted" : "itself"
  const settled = kind === "read" || source.outcome === "not-applied"
  return {
    tag,
    origin,
    statuses: Wire.isWire(source) ? source.statuses : [],
    disposition,
    fault,
    health,
    retry: explainRetry(rule, source, operation, contract.limits.retryBudget),
    worstCaseMillis: round(
      Math.min(
        totalMillis,
        TimeAlgebra.worstMatrixMillis(rule === undefined ? {} : { [tag]: rule }, attemptMillis, lost ? settle : 0)
      )
    ),
    maxRequests: most,
    ending,
    afterAmbiguity: settled ? ending : "OutcomeUnknown",
    breaker: health === "outage" ? "counts as an outage" : health === "ignored" ? "is ignored" : "counts as an answer",
    slo: fault === "provider" || fault === "network" ? "counts against it" : "does not count",
    fallback:
      operation.fallback !== undefined &&
      (ending === "RetriesExhausted" || (ending === "itself" && (health === "outage" || health === "throttled")))
        ? "yes"
        : "no"
  }
}

const explainRetry = (
  rule: Backoff.Rule | undefined,
  source: Failure.Source<unknown>,
  operation: Operation.Any,
  budget: RetryBudget.RetryBudget
): Retry => {
  if (rule?._tag === "Backoff") {
    const { baseMillis, capMillis, jitter, maxAttempts } = rule
    const budgetCost =
      budget._tag === "Ratio" ? 1 : source.health === "throttled" ? budget.throttledCost : budget.outageCost
    return { _tag: "Retried", maxAttempts, baseMillis, capMillis, jitter, budgetCost }
  }
  if (source.disposition === "never") {
    return { _tag: "NotRetried", law: "RETRY-001", because: "the same request gives the same answer" }
  }
  const unsafe = operation.kind === "mutation" && !Idempotency.isReplaySafe(operation.idempotency)
  return unsafe && source.disposition === "idempotent-only"
    ? { _tag: "NotRetried", law: "RETRY-002", because: "it may have been applied, and no plan makes a repeat safe" }
    : { _tag: "NotRetried", law: "choice", because: "the operation declares Backoff.never" }
}

const explainPlan = (plan: Idempotency.Plan | undefined): ExplainedPlan => {
  switch (plan?._tag) {
    case undefined:
      return { _tag: "None" }
    case "Key":
      return {
        _tag: "Key",
        source: plan.source,
        header: plan.header,
        retainedForMillis: Duration.toMillis(plan.retainedFor)
      }
    case "Reconcile":
      return {
        _tag: "Reconcile",
        source: plan.source,
        via: plan.via.name,
        absent: plan.absent,
        settleMillis: Duration.toMillis(plan.settle)
      }
    case "Natural":
    case "AcceptedRisk":
      return { _tag: plan._tag, because: plan.because }
  }
}

const costOf = (operation: Operation.Any, contract: Contract.Any): ExplainedOperation["cost"] => {
  const names = Object.keys(operation.cost ?? contract.limits.buckets)
  return Object.fromEntries(
    names.map((name) => {
      const cost = operation.cost === undefined ? 1 : operation.cost[name]
      return [name, typeof cost === "number" ? cost : "by request"]
    })
  )
}

const credentialOf = ({ credentials, owner }: Contract.Any): ExplainedCredential => {
  if (credentials._tag === "NoCredential") return credentials
  const { scheme } = credentials
  return {
    ...credentials,
    scheme: scheme._tag === "Query" ? scheme : { _tag: scheme._tag, headers: Credential.headersOf(scheme) },
    owner: credentials.owner ?? owner
  }
}

const settleOf = (plan: Idempotency.Plan | undefined): number =>
  plan?._tag === "Reconcile" ? Duration.toMillis(plan.settle) : 0

const millisOf = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

const round = (millis: number): number => Math.ceil(millis)

const union = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> => [...new Set([...a, ...b])]
