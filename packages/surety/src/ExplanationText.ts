/**
 * What a contract means, as text in a fixed-width font: for a terminal, a review, a ticket.
 *
 * Neighbours: `Explain` makes the explanation; `@surety/ops/Dossier` is the same as a document.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "./Backoff.ts"
import type * as CircuitBreaker from "./CircuitBreaker.ts"
import type {
  ExplainedCredential,
  ExplainedFailure,
  ExplainedOperation,
  ExplainedPlan,
  Explanation,
  Retry
} from "./Explanation.ts"
import type * as RetryBudget from "./RetryBudget.ts"

/**
 * An explanation as text: the provider, then each operation with a table of its failures. A table that an earlier operation
 * has already is not printed again.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = (explanation: Explanation): string => {
  const first = new Map<string, string>()
  const operations = explanation.operations.map((operation) => {
    const lines = table([columns, ...operation.failures.map(row)])
    const before = first.get(lines.join())
    if (before === undefined) first.set(lines.join(), operation.name)
    return [title(operation), ...(before === undefined ? lines : [`  fails like ${before}`])].join("\n")
  })
  return [head(explanation), ...operations, ...laws(explanation)].join("\n\n")
}

const head = (of: Explanation): string => {
  const { limits, slo } = of
  const buckets = Object.entries(limits.buckets).map(
    ([name, one]) => `${name} ${one.limit} in ${time(one.periodMillis)}, ${one.burst} at once`
  )
  const bounds = Object.entries(slo.latencyMillis).map(([name, millis]) => `, ${name} within ${time(millis)}`)
  return [
    `${of.provider} (${of.criticality}), ${of.owner}, ${of.baseUrl}`,
    `  promise          ${percent(slo.availability)} of calls over ${time(slo.windowMillis)}${bounds.join("")}`,
    `  when it is down  ${of.degradation}`,
    `  credential       ${credentialText(of.credential)}`,
    `  rate             ${buckets.length === 0 ? "unlimited" : buckets.join("; ")}`,
    `  concurrency      ${limits.concurrency} at once, ${limits.queue} queued, the last for up to ${time(limits.worstQueueMillis)}`,
    `  circuit          ${trip(limits.breaker)}`,
    `  retry budget     ${budget(limits.retryBudget)}`,
    `  runbook          ${of.runbook}`
  ].join("\n")
}

const title = (of: ExplainedOperation): string => {
  const extras = [
    of.plan._tag === "None" ? undefined : planText(of.plan),
    of.hedge._tag === "After" ? `hedged after ${time(of.hedge.millis)}` : undefined,
    of.fallback === "none" ? undefined : `fallback: ${of.fallback}`
  ].filter((one) => one !== undefined)
  return `${of.name} (${of.kind}): ${time(of.attemptMillis)} an attempt, ${time(of.totalMillis)} in all, worst case ${time(
    of.worstCaseMillis
  )} and ${of.maxRequests} ${of.maxRequests === 1 ? "request" : "requests"}${extras.map((one) => `, ${one}`).join("")}`
}

const row = (one: ExplainedFailure): ReadonlyArray<string> => [
  one.tag,
  one.disposition,
  retryText(one.retry),
  time(one.worstCaseMillis),
  String(one.maxRequests),
  one.ending,
  one.afterAmbiguity,
  `${one.breaker}; ${one.slo}`
]

/** The first attempt is no retry. */
const retryText = (retry: Retry): string => {
  if (retry._tag === "NotRetried") return `no: ${retry.law === "choice" ? "declared so" : retry.law}`
  const more = retry.maxAttempts - 1
  return more === 0
    ? "no: 1 attempt"
    : `${more} more, backoff up to ${time(Backoff.ceilingMillis({ ...retry, _tag: "Backoff" }, more))}, ${retry.jitter} jitter`
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

/** What the tables abbreviate. */
const laws = (of: Explanation): ReadonlyArray<string> => {
  const found = new Map<string, string>()
  for (const { retry } of of.operations.flatMap(({ failures }) => failures)) {
    if (retry._tag === "NotRetried" && retry.law !== "choice") found.set(retry.law, retry.because)
  }
  return found.size === 0
    ? []
    : [
        [...found]
          .sort()
          .map(([law, because]) => `${law}: ${because}`)
          .join("\n")
      ]
}

const credentialText = (of: ExplainedCredential): string => {
  if (of._tag === "NoCredential") return `none: ${of.because}`
  const { life, name, owner, scheme, scopes } = of
  return [
    name,
    scheme._tag === "Query"
      ? `${scheme.parameter} in the query of every address (${scheme.because})`
      : `in ${scheme.headers.join(" and ")}`,
    `scopes: ${scopes.join(" ") || "not narrowed"}`,
    `owner: ${owner}`,
    life._tag === "Rotated" ? `rotated every ${time(life.everyMillis)}` : `expires: ${life.how}`
  ].join(", ")
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
      return `opens at ${percent(trip.threshold)} outages of the last ${trip.size} (${trip.minimumCalls} known), ${open}`
  }
}

const budget = (of: RetryBudget.RetryBudget): string =>
  of._tag === "Bucket"
    ? `${of.capacity} tokens; a retry costs ${of.outageCost} after an outage, ${of.throttledCost} when throttled`
    : `${percent(of.ratio)} of the calls of ${time(of.windowMillis)}, at least ${of.floor}`

const percent = (share: number): string => `${Number((share * 100).toPrecision(10))} %`

/** The largest unit of which there are two or more. */
const time = (millis: number): string =>
  millis < 1000
    ? `${millis} ms`
    : millis < 120_000
      ? `${trim(millis / 1000)} s`
      : millis < 7_200_000
        ? `${trim(millis / 60_000)} min`
        : millis < 172_800_000
          ? `${trim(millis / 3_600_000)} h`
          : `${trim(millis / 86_400_000)} days`

const trim = (amount: number): string => String(Number(amount.toFixed(2)))
