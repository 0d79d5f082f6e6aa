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
import { Breaker, type State } from "./Breaker.ts"
import { Budget } from "./Budget.ts"
import { Bulkhead } from "./Bulkhead.ts"
import { Limiter } from "./Limiter.ts"
import type { Counter, Registry } from "./Signals.ts"
import type { Time } from "./Time.ts"

const states: ReadonlyArray<State> = ["closed", "open", "half-open", "isolated"]

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
  readonly rejected: Readonly<Record<"circuit" | "bulkhead" | "rate-limit", Counter>>
  readonly storeErrors: Counter

  constructor(limits: Limits, registry: Registry, time: Time) {
    this.limits = limits
    this.breaker = new Breaker(limits.breaker)
    this.limiter = new Limiter(limits)
    this.bulkhead = new Bulkhead(limits.concurrency, limits.queue)
    this.budget = new Budget(limits.retryBudget)
    this.rejected = {
      circuit: registry.counter("integration.circuit_breaker.rejections", {}),
      bulkhead: registry.counter("integration.concurrency.rejections", {}),
      "rate-limit": registry.counter("integration.rate_limit.rejections", { source: "local" })
    }
    this.storeErrors = registry.counter("integration.guard_store.errors", {})
    for (const state of states) {
      registry.gauge("integration.circuit_breaker.state", { state }, () => (this.breaker.state === state ? 1 : 0))
    }
    const transitions = new Map<string, Counter>()
    for (const from of states) {
      for (const to of states) {
        if (from !== to) {
          transitions.set(`${from} ${to}`, registry.counter("integration.circuit_breaker.transitions", { from, to }))
        }
      }
    }
    this.breaker.onTransition = (from, to) => {
      const counter = transitions.get(`${from} ${to}`)
      if (counter !== undefined) counter.value++
    }
    registry.gauge("integration.retry.budget.available", {}, () => this.budget.available(time.now()))
    registry.gauge("integration.concurrency.in_flight", {}, () => this.bulkhead.inFlight)
    registry.gauge("integration.concurrency.queued", {}, () => this.bulkhead.waiting)
    for (const bucket of this.limiter.buckets.values()) {
      const attributes = { "limit.name": bucket.name }
      registry.gauge("integration.rate_limit.limit", attributes, () => bucket.limit)
      registry.gauge("integration.rate_limit.remaining", attributes, () => bucket.available(time.now()))
    }
  }
}
