/**
 * The running guards of one provider and credential: breaker, limiter, bulkhead and retry
 * budget, with their gauges.
 *
 * Neighbours: built by `Service` when the layer is built; `Call` goes through them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Limits } from "../Limits.ts"
import type { ProviderSeries } from "../signals/ProviderSeries.ts"
import * as SignalName from "../signals/SignalName.ts"
import { Breaker, type State } from "./Breaker.ts"
import type { Bucket } from "./Bucket.ts"
import { Budget } from "./Budget.ts"
import { Bulkhead } from "./Bulkhead.ts"
import type { Events } from "./Events.ts"
import { Limiter } from "./Limiter.ts"
import type { Counter, Gauge, Histogram } from "./Signals.ts"
import type { Time } from "./Time.ts"

type Series = ProviderSeries<Counter, Gauge, Histogram>

/**
 * @category models
 * @since 0.1.0
 */
export class Guards {
  readonly limits: Limits
  readonly breaker: Breaker
  readonly limiter: Limiter
  readonly bulkhead: Bulkhead
  readonly budget: Budget
  readonly events: Events
  readonly series: Series

  constructor(limits: Limits, series: Series, events: Events, time: Time) {
    this.limits = limits
    this.series = series
    this.events = events
    this.breaker = new Breaker(limits.breaker)
    this.limiter = new Limiter(limits)
    this.bulkhead = new Bulkhead(limits.concurrency, limits.queue)
    this.budget = new Budget(limits.retryBudget)
    this.breaker.onTransition = (from, to) => this.moved(from, to, time.now())
    series.info.read = () => 1
    for (const state of SignalName.circuitStates) {
      series.states[state].read = () => (this.breaker.state === state ? 1 : 0)
    }
    series.budget.read = () => this.budget.available(time.now())
    series.inFlight.read = () => this.bulkhead.inFlight
    series.concurrency.read = () => limits.concurrency
    series.queued.read = () => this.bulkhead.waiting
    for (const [name, bucket] of this.limiter.buckets) show(series, name, bucket, time)
  }

  /** A call waits for its rate. */
  waits(bucket: string, millis: number): void {
    this.series.rateWaits.get(bucket)?.record(millis)
  }

  private moved(from: State, to: State, now: number): void {
    const counter = this.series.transitions.get(`${from} ${to}`)
    if (counter !== undefined) counter.value++
    const level = to === "open" || to === "isolated" ? "warning" : "info"
    // a circuit that stays open tries again several times a second
    const once = to === "half-open" || (from === "half-open" && to === "open") ? { once: to } : undefined
    this.events.say(
      { name: SignalName.events.circuitTransition, level, attributes: () => ({ from, to }), ...once },
      now
    )
  }
}

const show = (series: Series, name: string, bucket: Bucket, time: Time): void => {
  const found = series.buckets.get(name)
  if (found === undefined) return
  const { limit, quota, remaining, resetTime } = found
  /** Epoch seconds of a monotonic time. */
  const epoch = (at: number): number => (time.wall() + at - time.now()) / 1000
  limit.read = () => bucket.limit
  remaining.read = () => bucket.available(time.now())
  resetTime.read = () => (bucket.resetsAt > time.now() ? epoch(bucket.resetsAt) : 0)
  if (quota === undefined) return
  quota.used.read = () => bucket.used(time.now())
  quota.limit.read = () => bucket.whole
  quota.resetTime.read = () => epoch(bucket.fullAt(time.now()))
}
