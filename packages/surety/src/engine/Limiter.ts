/**
 * The buckets of one provider: takes what a call costs from each, or nothing from any.
 *
 * Neighbours: `Call` asks it before each attempt and gives back what was not sent.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Failure from "../Failure.ts"
import type { Limits } from "../Limits.ts"
import type { Cost } from "../Operation.ts"
import type { Observation } from "../RateLimit.ts"
import { Bucket } from "./Bucket.ts"
import type { Compiled } from "./Environment.ts"

/**
 * What one operation takes, resolved against the buckets when the layer is built.
 *
 * @category models
 * @since 0.1.0
 */
export interface Share {
  readonly bucket: Bucket
  readonly fixed: number
  readonly weigh: ((request: unknown) => number) | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export class Limiter {
  readonly buckets: ReadonlyMap<string, Bucket>
  private readonly all: ReadonlyArray<Bucket>

  constructor(limits: Limits) {
    this.buckets = new Map(Object.entries(limits.buckets).map(([name, config]) => [name, new Bucket(name, config)]))
    this.all = [...this.buckets.values()]
  }

  sharesOf(cost: Cost<never> | undefined): ReadonlyArray<Share> {
    if (cost === undefined) return this.all.map((bucket) => ({ bucket, fixed: 1, weigh: undefined }))
    const shares: Array<Share> = []
    for (const [name, amount] of Object.entries(cost)) {
      const bucket = this.buckets.get(name)
      if (bucket === undefined) continue
      if (typeof amount === "number") shares.push({ bucket, fixed: checked(name, amount), weigh: undefined })
      // the request type was checked where the cost was declared
      else shares.push({ bucket, fixed: 0, weigh: amount as (request: unknown) => number })
    }
    return shares
  }

  observe(seen: ReadonlyArray<Observation>, now: number): void {
    for (const one of seen) this.buckets.get(one.bucket)?.observe(one, now)
  }
}

/**
 * What one request costs in each share, weighed once per call so that what is given back
 * is what was taken; `undefined` when every cost is fixed.
 *
 * **Failures**   `RangeError` when a cost is not a finite number of at least 0.
 *
 * @category running
 * @since 0.1.0
 */
export const weigh = (shares: ReadonlyArray<Share>, request: unknown): ReadonlyArray<number> | undefined => {
  for (const share of shares) {
    if (share.weigh !== undefined) {
      return shares.map((one) => (one.weigh === undefined ? one.fixed : checked(one.bucket.name, one.weigh(request))))
    }
  }
  return undefined
}

const checked = (bucket: string, cost: number): number => {
  if (cost >= 0 && Number.isFinite(cost)) return cost
  throw new RangeError(`The cost in bucket "${bucket}" must be a finite number of at least 0, got ${cost}`)
}

/**
 * Takes the tokens of every share; returns the longest wait in milliseconds.
 *
 * @category running
 * @since 0.1.0
 */
export const reserve = (
  shares: ReadonlyArray<Share>,
  costs: ReadonlyArray<number> | undefined,
  now: number
): number => {
  let wait = 0
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i] as Share
    const one = share.bucket.reserve(costs?.[i] ?? share.fixed, now)
    if (one > wait) wait = one
  }
  return wait
}

/**
 * Gives the tokens of every share back.
 *
 * @category running
 * @since 0.1.0
 */
export const refund = (shares: ReadonlyArray<Share>, costs: ReadonlyArray<number> | undefined): void => {
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i] as Share
    share.bucket.refund(costs?.[i] ?? share.fixed)
  }
}

/**
 * How long each share has been asked to pause so far.
 *
 * @category running
 * @since 0.1.0
 */
export const pauses = (shares: ReadonlyArray<Share>): ReadonlyArray<number> =>
  shares.map((share) => share.bucket.pausedMillis)

/**
 * How much longer a caller has to wait because of pauses that began while it waited. Its
 * reservation stays, so that the order and the distance between callers stay too.
 *
 * @category running
 * @since 0.1.0
 */
export const pausedSince = (shares: ReadonlyArray<Share>, before: ReadonlyArray<number> | undefined): number => {
  let longer = 0
  for (let i = 0; i < shares.length; i++) {
    const since = (shares[i] as Share).bucket.pausedMillis - (before?.[i] ?? 0)
    if (since > longer) longer = since
  }
  return longer
}

/**
 * The bucket that makes a call wait longest.
 *
 * @category running
 * @since 0.1.0
 */
export const slowest = (shares: ReadonlyArray<Share>, now: number): string => {
  let name = ""
  let least = Infinity
  for (const { bucket } of shares) {
    const available = bucket.available(now)
    if (available < least) {
      least = available
      name = bucket.name
    }
  }
  return name
}

/**
 * Holds everybody back who uses the buckets of a throttled call: the one that the failure
 * names in its field `bucket`, else (no name, or not one of ours) every bucket the operation takes from.
 *
 * @category running
 * @since 0.1.0
 */
export const pause = (op: Compiled, failure: Failure.Any, hintMillis: number, now: number): void => {
  if (hintMillis <= 0 || op.environment.guards.limits.onThrottled === "ignore") return
  const name = (failure as { readonly bucket?: unknown }).bucket
  const named = typeof name === "string" ? op.environment.guards.limiter.buckets.get(name) : undefined
  if (named !== undefined) return named.pause(now + hintMillis, now)
  for (const { bucket } of op.shares) bucket.pause(now + hintMillis, now)
}
