/**
 * The orders with cockatiel around `fetch`: retry, breaker, timeout and bulkhead, wrapped in the order that its readme
 * shows (`wrap(retry, breaker, timeout)`), the bulkhead inside.
 *
 * Fair means: the same attempts, attempt timeout, total time, threshold of the breaker and concurrency as the other
 * runs; the circuit stays open for 2 s, which is kinder than the 10 s in the readme; its own refusals are neither
 * retried nor counted as failures of the provider, and a 429 does not trip the breaker; an order that was refused is
 * placed again as in the other runs, and not before the time that `Retry-After` names.
 *
 * cockatiel knows nothing of HTTP, so it sends no idempotency key. `--peer-keys` adds one by hand: then nothing is
 * doubled, and what is left to compare is the load in the outage and the time to recover.
 */
import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap
} from "cockatiel"
import { Effect } from "effect"
import { charged, declined, notYet, type Order, type Placement } from "../OrderService.ts"
import {
  attempts,
  concurrency,
  form,
  hasCode,
  headers,
  type Open,
  retryAfterMillis,
  type Setting,
  time
} from "./Run.ts"

/** `fetch` fails for the network only; this is its failure for a status. */
class StatusError extends Error {
  readonly status: number
  readonly retryAfterMillis: number
  constructor(response: Response) {
    super(`status ${response.status}`)
    this.status = response.status
    this.retryAfterMillis = retryAfterMillis(response.headers.get("retry-after"))
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof StatusError ? error.status >= 500 : error instanceof TypeError || error instanceof TaskCancelledError

const isThrottled = (error: unknown): boolean => error instanceof StatusError && error.status === 429

export const open: Open = (setting) =>
  Effect.sync(() => {
    const breaker = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: 2_000,
      breaker: new ConsecutiveBreaker(5)
    })
    const policy = wrap(
      timeout(time.total, TimeoutStrategy.Aggressive),
      retry(handleWhen(isOutage).orWhen(isThrottled), {
        maxAttempts: attempts - 1,
        backoff: new ExponentialBackoff({ initialDelay: 50 })
      }),
      breaker,
      timeout(time.attempt, TimeoutStrategy.Aggressive),
      bulkhead(concurrency, 4 * concurrency)
    )

    const place = (order: Order): Effect.Effect<Placement> =>
      Effect.promise((signal) =>
        policy.execute((context) => charge(setting, order, context.signal), signal).then(fromIntent, fromError)
      )

    return { place, breaker: () => names[breaker.state] }
  })

const names = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Isolated]: "isolated"
} as const

const charge = async (setting: Setting, order: Order, signal: AbortSignal): Promise<{ readonly status: string }> => {
  const body = new URLSearchParams(form(order))
  const sent = setting.wire.send(body.toString())
  try {
    const response = await fetch(`${setting.url}/v1/payment_intents`, {
      method: "POST",
      headers: headers(setting, order),
      body,
      signal
    })
    sent.answered(response.status)
    if (response.ok) return (await response.json()) as { readonly status: string }
    await response.body?.cancel()
    throw new StatusError(response)
  } catch (error) {
    if (hasCode(error, "ECONNREFUSED")) sent.notSent()
    else sent.lost()
    throw error
  }
}

const fromIntent = (intent: { readonly status: string }): Placement =>
  intent.status === "succeeded" ? charged : declined(`status ${intent.status}`)

const fromError = (error: unknown): Placement => {
  const why = error instanceof Error ? error.message : String(error)
  if (!(error instanceof StatusError)) return notYet(why)
  return isOutage(error) || isThrottled(error) ? notYet(why, error.retryAfterMillis) : declined(why)
}
