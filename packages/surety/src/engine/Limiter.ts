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
 * @since 0.1.0
 */
export interface Share {
  readonly bucket: Bucket
  readonly fixed: number
  readonly weigh: ((request: unknown) => number) | undefined
}

/**
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
      if (typeof amount === "number") shares.push({ bucket, fixed: amount, weigh: undefined })
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
 * @since 0.1.0
 */
export const costOf = (share: Share, request: unknown): number =>
  share.weigh === undefined ? share.fixed : share.weigh(request)

/**
 * Takes the tokens of every share; returns the longest wait in milliseconds.
 *
 * @since 0.1.0
 */
export const reserve = (shares: ReadonlyArray<Share>, request: unknown, now: number): number => {
  let wait = 0
  for (const share of shares) {
    const one = share.bucket.reserve(costOf(share, request), now)
    if (one > wait) wait = one
  }
  return wait
}

/**
 * Gives the tokens of every share back.
 *
 * @since 0.1.0
 */
export const refund = (shares: ReadonlyArray<Share>, request: unknown): void => {
  for (const share of shares) share.bucket.refund(costOf(share, request))
}

/**
 * The time until which the provider asked us to wait, over every share.
 *
 * @since 0.1.0
 */
export const pausedUntil = (shares: ReadonlyArray<Share>): number => {
  let until = -Infinity
  for (const share of shares) if (share.bucket.pausedUntil > until) until = share.bucket.pausedUntil
  return until
}

/**
 * The bucket that makes a call wait longest.
 *
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
 * names in its field `bucket`, else every bucket the operation takes from.
 *
 * @since 0.1.0
 */
export const pause = (op: Compiled, failure: Failure.Any, hintMillis: number, now: number): void => {
  if (hintMillis <= 0 || op.environment.guards.limits.onThrottled === "ignore") return
  const named = (failure as { readonly bucket?: unknown }).bucket
  if (typeof named === "string") {
    op.environment.guards.limiter.buckets.get(named)?.pause(now + hintMillis, now)
    return
  }
  for (const { bucket } of op.shares) bucket.pause(now + hintMillis, now)
}
