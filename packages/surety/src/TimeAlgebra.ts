/**
 * The arithmetic that no type can say cheaply, checked when an operation and a contract are
 * declared: an attempt fits into the total, the matrix can be paid for, the hedge comes
 * before the timeout, a key outlives its call, a bucket can pay for a call, a queue drains
 * in time. Every error names the numbers.
 *
 * Only what can never work is refused: a wait that is merely possible is the engine's
 * business, which refuses it at run time.
 *
 * Neighbours: `Explain` prints the same numbers. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Backoff from "./Backoff.ts"
import type * as Failure from "./Failure.ts"
import type * as Idempotency from "./Idempotency.ts"
import type { Limits } from "./Limits.ts"
import type { RetryMatrix } from "./RetryMatrix.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * The longest time a rule can need, in milliseconds: every attempt runs into its timeout
 * and every wait is as long as it can be.
 *
 * **Example** (Three attempts of 2 s with waits of at most 50 and 100 ms)
 *
 * ```ts import.meta.vitest
 * import * as Backoff from "surety/Backoff"
 * import * as TimeAlgebra from "surety/TimeAlgebra"
 *
 * const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 * TimeAlgebra.worstCaseMillis(quick, 2000) // => 6150
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const worstCaseMillis = (rule: Backoff.Rule, attemptMillis: number): number =>
  worstMatrixMillis({ rule }, attemptMillis)

/**
 * The longest time a whole matrix can need, in milliseconds, when every failure may follow
 * every other: the attempts of the rule that allows most, and before each the longest wait
 * of the rules that still allow it.
 *
 * **Details**   `settleMillis`: the least wait before a retry, for a plan that looks a lost outcome up.
 * A wait that the provider asks for is not in it; the total deadline bounds that.
 *
 * @category rules
 * @since 0.1.0
 */
export const worstMatrixMillis = (matrix: RetryMatrix, attemptMillis: number, settleMillis = 0): number => {
  const rules = Object.values(matrix).filter(Backoff.isBackoff)
  const attempts = maxAttempts(matrix)
  let total = attemptMillis * attempts
  let previous = 0
  for (let retry = 1; retry < attempts; retry++) {
    let longest = settleMillis
    for (const rule of rules) {
      if (rule.maxAttempts <= retry) continue
      const ceiling =
        rule.jitter === "decorrelated"
          ? // it grows from the last wait, which may have been another rule's
            Math.min(rule.capMillis, 3 * Math.max(previous, rule.baseMillis))
          : Backoff.ceilingMillis(rule, retry)
      if (ceiling > longest) longest = ceiling
    }
    previous = longest
    total += longest
  }
  return total
}

/**
 * Requests that one call can send at most. Hedges count as attempts.
 *
 * @category rules
 * @since 0.1.0
 */
export const maxAttempts = (matrix: RetryMatrix): number => {
  let most = 1
  for (const rule of Object.values(matrix)) {
    if (rule._tag === "Backoff" && rule.maxAttempts > most) most = rule.maxAttempts
  }
  return most
}

/**
 * Checks the declaration of one operation.
 *
 * **Failures**   `RangeError`: a budget that is not a duration; attempt over total; a rule, or a mix of
 * rules, whose last attempt could never end in time; two failures with one tag that disagree.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (declared: {
  readonly operation: string
  readonly timeout: TimeBudget.TimeBudget
  readonly retry: RetryMatrix
  readonly failures: ReadonlyArray<Failure.Source<unknown>>
}): TimeBudget.Millis => {
  const { failures, operation, retry } = declared
  const { attemptMillis, totalMillis } = TimeBudget.toMillis(operation, declared.timeout)
  const fault: Fault = faultOf(operation)
  checkTags(failures, fault)
  for (const [tag, rule] of Object.entries(retry)) {
    if (typeof rule !== "object" || rule === null || (rule._tag !== "Never" && !Backoff.isBackoff(rule))) {
      fault(`retry.${tag} must be Backoff.exponential(...) or Backoff.never`)
    }
    afford(`retry.${tag}`, { [tag]: rule }, 0, attemptMillis, totalMillis, fault)
  }
  afford("retry, with failures under different rules one after another,", retry, 0, attemptMillis, totalMillis, fault)
  return { attemptMillis, totalMillis }
}

/**
 * Checks the wait before a hedge, and returns it in milliseconds.
 *
 * **Failures**   `RangeError`: a hedge at or after the attempt timeout, or one that no rule leaves an attempt for.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkHedge = (
  operation: string,
  after: Duration.Input,
  retry: RetryMatrix,
  attemptMillis: number
): number => {
  const fault: Fault = faultOf(operation)
  const hedgeMillis = millis(operation, "hedge.after", after)
  if (hedgeMillis >= attemptMillis) {
    fault(`hedge.after (${hedgeMillis} ms) must be below timeout.attempt (${attemptMillis} ms)`)
  }
  if (maxAttempts(retry) < 2) {
    fault(`hedge.after (${hedgeMillis} ms) has no effect: a hedge is an attempt, and no rule allows more than 1`)
  }
  return hedgeMillis
}

/**
 * Checks the plan of a mutation against its times.
 *
 * **Failures**   `RangeError`: a key that is forgotten before the call ends; a lookup without time, or one that eats the
 * retries.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkPlan = (
  operation: string,
  plan: Idempotency.Plan | undefined,
  retry: RetryMatrix,
  { attemptMillis, totalMillis }: TimeBudget.Millis
): void => {
  const fault: Fault = faultOf(operation)
  if (plan?._tag === "Reconcile") {
    const settleMillis = Duration.toMillis(plan.settle)
    const settle = `idempotency.settle (${settleMillis} ms)`
    if (attemptMillis + settleMillis >= totalMillis) {
      fault(
        `timeout.attempt (${attemptMillis} ms) and ${settle} leave no time within timeout.total (${totalMillis} ms) to look the outcome up with '${plan.via.name}'`
      )
    }
    afford(`retry, with ${settle} before each attempt,`, retry, settleMillis, attemptMillis, totalMillis, fault)
  }
  if (plan?._tag === "Key" && Duration.toMillis(plan.retainedFor) < totalMillis) {
    fault(
      `idempotency.retainedFor (${Duration.toMillis(plan.retainedFor)} ms) is shorter than timeout.total (${totalMillis} ms): the provider could forget the key while the call retries`
    )
  }
}

const afford = (
  what: string,
  matrix: RetryMatrix,
  settleMillis: number,
  attemptMillis: number,
  totalMillis: number,
  fault: Fault
): void => {
  const worst = worstMatrixMillis(matrix, attemptMillis, settleMillis)
  if (worst <= totalMillis) return
  const attempts = maxAttempts(matrix)
  fault(
    `${what} needs up to ${Math.ceil(worst)} ms (${attempts} attempts of ${attemptMillis} ms, waits of up to ${Math.ceil(
      worst - attemptMillis * attempts
    )} ms), but timeout.total is ${totalMillis} ms: raise total, or lower attempt, maxAttempts or cap`
  )
}

type Fault = (text: string) => never

const faultOf =
  (subject: string): Fault =>
  (text) => {
    throw new RangeError(`${subject}: ${text}`)
  }

const checkTags = (failures: ReadonlyArray<Failure.Source<unknown>>, fault: Fault): void => {
  const tags = new Map<string, Failure.Disposition>()
  for (const { disposition, tag } of failures) {
    const before = tags.get(tag)
    if (before !== undefined && before !== disposition) {
      fault(`two failures are tagged '${tag}' and disagree (${before}, ${disposition})`)
    }
    tags.set(tag, disposition)
  }
}

/**
 * What the checks of a contract need of an operation.
 *
 * @category models
 * @since 0.1.0
 */
export interface Timed {
  readonly name: string
  readonly attemptMillis: number
  readonly totalMillis: number
  readonly cost: Readonly<Record<string, unknown>> | undefined
}

/**
 * Calls that can be served by one permit, one after another, within the longest total:
 * each takes its attempt timeout, or the lowest latency of the objective if that is less.
 *
 * @category rules
 * @since 0.1.0
 */
export const queueRounds = (operations: ReadonlyArray<Timed>, latencyMillis: number): number =>
  operations.reduce((most, one) => Math.max(most, Math.floor(one.totalMillis / roundMillis(one, latencyMillis))), 1)

const roundMillis = (operation: Timed, latencyMillis: number): number =>
  Math.min(operation.attemptMillis, latencyMillis)

/**
 * Checks the latency bounds of an objective and returns the lowest, in milliseconds.
 *
 * **Failures**   `RangeError`: no bound; a bound that is not a percentile; a higher percentile with a lower
 * bound; a bound beyond every total, which could never be missed.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkLatency = (
  provider: string,
  latency: Readonly<Record<string, Duration.Input>>,
  operations: ReadonlyArray<Timed>
): number => {
  const fault: Fault = faultOf(provider)
  const bounds = Object.entries(latency)
    .map(([name, bound]) => ({
      name,
      percent: Number(name.slice(1)),
      millis: TimeBudget.read(provider, `slo.latency.${name}`, bound)
    }))
    .sort((a, b) => a.percent - b.percent)
  const longest = Math.max(0, ...operations.map((one) => one.totalMillis))
  let lowest = Infinity
  let before = bounds[0]
  if (before === undefined) return fault('slo.latency must name a percentile, such as { p99: "2 seconds" }')
  for (const bound of bounds) {
    if (!(bound.percent > 0 && bound.percent < 100)) {
      fault(`slo.latency.${bound.name} is not a percentile between p0 and p100, such as p99.9`)
    }
    if (bound.millis < before.millis) {
      fault(`slo.latency.${bound.name} (${bound.millis} ms) is below slo.latency.${before.name} (${before.millis} ms)`)
    }
    if (operations.length > 0 && bound.millis > longest) {
      fault(
        `slo.latency.${bound.name} (${bound.millis} ms) can never be missed: the longest timeout.total is ${longest} ms`
      )
    }
    lowest = Math.min(lowest, bound.millis)
    before = bound
  }
  return lowest
}

/**
 * Checks the limits of a provider against its operations.
 *
 * **Details**   `latencyMillis`: the lowest latency of the objective.
 *
 * **Failures**   `RangeError`: a cost that is no number of tokens; a bucket that, even full, can never
 * pay for a call in time; a queue whose last call can never be served in time; more probes than permits.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkLimits = (
  provider: string,
  limits: Limits,
  operations: ReadonlyArray<Timed>,
  latencyMillis: number
): void => {
  const fault: Fault = faultOf(provider)
  for (const operation of operations) checkCost(operation, limits, fault)
  const { breaker, concurrency, queue } = limits
  if (breaker.trip._tag !== "None" && breaker.probes > concurrency) {
    fault(`limits.breaker.probes (${breaker.probes}) is above limits.concurrency (${concurrency}): lower probes`)
  }
  const most = queueRounds(operations, latencyMillis)
  const rounds = Math.ceil(queue / concurrency)
  const longest = operations.find((one) => Math.floor(one.totalMillis / roundMillis(one, latencyMillis)) === most)
  if (longest !== undefined && rounds > most) {
    const round = roundMillis(longest, latencyMillis)
    fault(
      `limits.queue (${queue}) is too long: at ${round} ms for a call, the last one waits ${rounds * round} ms for one of ${concurrency} permits, but the timeout.total of '${longest.name}' is ${longest.totalMillis} ms: set queue to at most ${most * concurrency}, raise concurrency, or declare slo.latency.p50 if calls are faster`
    )
  }
}

const checkCost = (operation: Timed, limits: Limits, fault: Fault): void => {
  for (const [name, bucket] of Object.entries(limits.buckets)) {
    const cost = operation.cost === undefined ? 1 : operation.cost[name]
    if (typeof cost !== "number") continue
    if (!(cost >= 0) || !Number.isFinite(cost)) {
      fault(`operations.${operation.name}.cost.${name} must be a finite number of tokens, not below 0, got ${cost}`)
    }
    // from a full bucket: what is over the burst has to be waited for
    const wait = ((cost - bucket.burst) * bucket.periodMillis) / bucket.limit
    if (wait >= operation.totalMillis) {
      fault(
        `operations.${operation.name} costs ${cost} tokens of limits.rate.${name}, which holds ${bucket.burst} and gains ${bucket.limit} in ${bucket.periodMillis} ms: a call waits ${Math.ceil(wait)} ms at best, but timeout.total is ${operation.totalMillis} ms`
      )
    }
  }
}

/** @internal */
export const millis = TimeBudget.read
