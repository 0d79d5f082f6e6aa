/** cockatiel: retry, breaker, timeout and bulkhead. It has no limiter, no retry budget, no span and no metric. */
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap
} from "cockatiel"
import { promiseLoop } from "./Loop.ts"
import { operation, type Overhead } from "./Overhead.ts"

export const open = async (): Promise<Overhead> => {
  const policy = wrap(
    retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(5) }),
    timeout(2_000, TimeoutStrategy.Aggressive),
    bulkhead(2_000)
  )
  return {
    run: (calls, concurrency) => promiseLoop((input) => policy.execute(() => operation(input)), calls, concurrency)
  }
}
