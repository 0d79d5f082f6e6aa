/**
 * Part 2 of a dossier: how long, how often and how fast: every bound as a number.
 *
 * Neighbours: `Dossier` puts the parts together; `surety/Explain` works the numbers out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Backoff from "surety/Backoff"
import type { ExplainedFailure, ExplainedOperation } from "surety/Explanation"
import type { RetryBudget } from "surety/RetryBudget"
import * as Amount from "./Amount.ts"
import type { Block, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { type DossierSource, see } from "./DossierSource.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const part = (source: DossierSource): Section =>
  Doc.section(
    "policy",
    "Timeout, retry and rate-limit policy",
    [],
    [time(source), matrix(source), amplification(source), rates(source), concurrency(source), idempotency(source)]
  )

const time = ({ explanation }: DossierSource): Section =>
  Doc.section("time", "Time", [
    Doc.paragraph(
      "The deadline bounds a call whatever happens. The worst case is what attempts and waits of the rules can add up to within it, when every attempt runs into its timeout."
    ),
    Doc.table(
      "Time bounds of one call, and how many requests it can become. Operations of one row have the same.",
      ["Operation", "Attempt #", "Deadline #", "Worst case #", "Requests #", "Hedged after #"],
      alike(explanation.operations, (one) => [
        Amount.time(one.attemptMillis),
        Amount.time(one.totalMillis),
        Amount.time(one.worstCaseMillis),
        String(one.maxRequests),
        one.hedge._tag === "None" ? "never" : Amount.time(one.hedge.millis)
      ])
    )
  ])

/** A row for each set of equal cells: ten equal rows say less than one. */
const alike = (
  operations: ReadonlyArray<ExplainedOperation>,
  cellsOf: (operation: ExplainedOperation) => ReadonlyArray<Text>
): ReadonlyArray<ReadonlyArray<Text>> => {
  const found = new Map<string, { readonly names: Array<string>; readonly cells: ReadonlyArray<Text> }>()
  for (const one of operations) {
    const cells = cellsOf(one)
    const key = JSON.stringify(cells)
    const row = found.get(key)
    if (row === undefined) found.set(key, { names: [one.name], cells })
    else row.names.push(one.name)
  }
  return [...found.values()].map(({ cells, names }) => [Doc.join(names.map(Doc.code), ", "), ...cells])
}

const matrix = ({ failures, groups }: DossierSource): Section =>
  Doc.section("retries", "Retry matrix", [
    Doc.list(
      groups.map(({ name, operations }) => [
        Doc.strong(name),
        ": ",
        ...Doc.join(
          operations.map((one) => Doc.code(one.name)),
          ", "
        )
      ])
    ),
    Doc.table(
      "How many attempts there are in all, the first among them, and how long the waits between them can be. “no” says why not.",
      ["Failure", ...groups.map(({ name }) => name)],
      [...failures].map(([tag, found]): ReadonlyArray<Text> => [
        [Doc.code(tag)],
        ...groups.map((group) => cell(found.find((one) => one.group === group)?.failure))
      ])
    ),
    Doc.note(
      "calm",
      "A wait that the provider asks for (Retry-After) is a floor: it is never shortened, and never slept past the deadline. All waits are jittered."
    )
  ])

const cell = (failure: ExplainedFailure | undefined): Text => {
  if (failure === undefined) return "cannot happen"
  const { retry } = failure
  if (retry._tag === "Retried") {
    const attempts = Doc.badge(Amount.count(retry.maxAttempts, "attempt"), "good")
    const more = retry.maxAttempts - 1
    if (more === 0) return [attempts]
    const longest = Backoff.ceilingMillis({ ...retry, _tag: "Backoff" }, more)
    return [attempts, ` with backoff up to ${Amount.time(longest)}, ${retry.jitter} jitter`]
  }
  return retry.law === "choice" ? "no, by choice" : `no: ${retry.because}`
}

const amplification = ({ explanation }: DossierSource): Section => {
  const { limits, operations } = explanation
  const most = Math.max(1, ...operations.map((one) => one.maxRequests))
  return Doc.section("amplification", "Amplification bounds", [
    Doc.facts([
      ["One call", `at most ${Amount.count(most, "request")}, hedges included`],
      ["All calls together", budgetText(limits.retryBudget)],
      ["In a full outage", outageText(limits.retryBudget)],
      ["At the provider at once", `at most ${Amount.count(limits.concurrency, "request")} from each process`]
    ])
  ])
}

const budgetText = (budget: RetryBudget): string =>
  budget._tag === "Bucket"
    ? `retries share ${Amount.count(budget.capacity, "token")}; one after an outage costs ${budget.outageCost}, one after throttling ${budget.throttledCost}; answers give them back`
    : `retries are at most ${Amount.percent(budget.ratio)} of the calls of ${Amount.time(budget.windowMillis)}, and at least ${Amount.number(budget.floor)}`

const outageText = (budget: RetryBudget): string =>
  budget._tag === "Bucket"
    ? `${Amount.count(Math.floor(budget.capacity / budget.outageCost), "retry", "retries")} from each process, then every call is tried once`
    : `${Amount.percent(budget.ratio)} more load, then every call is tried once`

const rates = ({ contract, explanation }: DossierSource): Section => {
  const { limits, operations } = explanation
  const names = Object.entries(limits.buckets)
  const unlimited = contract.limits.rate
  const blocks: ReadonlyArray<Block> =
    names.length === 0
      ? [
          Doc.paragraph(
            "No limit of our own: ",
            "because" in unlimited && typeof unlimited.because === "string" ? unlimited.because : "none is declared",
            "."
          )
        ]
      : [
          Doc.table(
            "Tokens, by bucket. An operation takes from each bucket it names, all or nothing.",
            ["Bucket", "Tokens #", "Every #", "At once #", "Paid by"],
            names.map(([name, bucket]): ReadonlyArray<Text> => [
              [Doc.code(name)],
              Amount.number(bucket.limit),
              Amount.time(bucket.periodMillis),
              Amount.number(bucket.burst),
              paidBy(name, operations)
            ])
          ),
          Doc.facts([
            [
              "Corrected by answers",
              contract.limits.learn === undefined
                ? "no: the provider does not say what is left"
                : "yes: what the provider says is left counts"
            ],
            [
              "When throttled",
              limits.onThrottled === "pause"
                ? "every caller pauses until the provider's time has come"
                : "only the call that was told waits"
            ],
            [
              "Store is down",
              limits.onStoreError === "open" ? "calls go on, and the error is counted" : "calls are refused"
            ]
          ])
        ]
  return Doc.section("rates", "Rate limits and quotas", blocks)
}

const paidBy = (bucket: string, operations: ReadonlyArray<ExplainedOperation>): Text => {
  const paying = operations.flatMap(({ cost, name }) =>
    cost[bucket] === undefined ? [] : [{ name, cost: cost[bucket] }]
  )
  if (paying.length === operations.length && paying.every((one) => one.cost === 1)) return "every operation, 1 each"
  return paying.length === 0
    ? "no operation"
    : Doc.join(
        paying.map(({ cost, name }) => Doc.code(cost === 1 ? name : `${name} (${cost})`)),
        ", "
      )
}

const concurrency = ({ explanation: { limits } }: DossierSource): Section =>
  Doc.section("concurrency", "Concurrency and queue", [
    Doc.facts([
      ["Running at once", Amount.number(limits.concurrency)],
      ["Waiting", `${Amount.number(limits.queue)}; the next call is refused (BulkheadFull)`],
      [
        "Longest wait in the queue",
        `${Amount.time(limits.worstQueueMillis)}, when every call before runs into its timeout; the deadline ends it earlier`
      ]
    ])
  ])

const idempotency = ({ explanation }: DossierSource): Section => {
  const mutations = explanation.operations.filter((one) => one.kind === "mutation")
  return Doc.section("idempotency", "Idempotency and lost answers", [
    mutations.length === 0
      ? Doc.paragraph("No operation changes anything: there is nothing to apply twice.")
      : Doc.table(
          "What makes it safe to send a mutation twice. A key is made once for a call and is the same on every attempt. Mutations of one row have the same plan.",
          ["Mutation", "Plan", "Key from", "Remembered for", "After a lost answer"],
          alike(mutations, ({ failures, plan }) => [
            plan._tag === "Key"
              ? ["key in ", Doc.code(plan.header)]
              : plan._tag === "Reconcile"
                ? ["reconciled by ", Doc.code(plan.via)]
                : plan._tag === "Natural"
                  ? `idempotent: ${plan.because}`
                  : plan._tag === "AcceptedRisk"
                    ? [Doc.badge("accepted risk", "warn"), ` ${plan.because}`]
                    : "none",
            plan._tag === "Key" || plan._tag === "Reconcile"
              ? plan.source === "caller"
                ? "the caller"
                : "made for the call"
              : "no key",
            plan._tag === "Key"
              ? Amount.time(plan.retainedForMillis)
              : plan._tag === "Reconcile"
                ? `looked up after ${Amount.time(plan.settleMillis)}`
                : "not needed",
            failures.some((one) => one.ending === "OutcomeUnknown")
              ? "OutcomeUnknown, once attempts are spent"
              : "the answer or an error"
          ]),
          [34, 20]
        ),
    Doc.paragraph("What to do about an outcome that stays unknown: ", see("alerts and runbooks", "alerts"), ".")
  ])
}
