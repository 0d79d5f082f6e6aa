/**
 * What can go wrong inside the provider, as opposed to on the wire: a server error
 * with a known relation to the execution, a limiter, a lock, a slow execution.
 *
 * A mishap says what the provider *did*, so a test can compare what the client
 * believes with it. Resets, stalls and truncated bodies are not mishaps: they are
 * faults of the connection, and the fake server plays those.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * - `ServerError` `before-execution`: the request met a broken front end. Nothing was
 *   applied and nothing is stored; the same request may succeed next time.
 * - `ServerError` `during-execution`: the endpoint began and was rolled back. Nothing
 *   was applied, the error is stored under the key and replayed.
 * - `ServerError` `after-execution`: the endpoint was applied, then the answer was
 *   lost to an error, which is stored under the key and replayed.
 * - `RateLimited`: refused before the idempotency layer, nothing is stored.
 * - `LockTimeout`: another request holds the object; nothing is applied or stored.
 * - `SlowExecution`: the endpoint executes when `until` settles. Until then the key is
 *   in use.
 * - `Annotated`: answered as usual, with these headers added (`stripe-notice`, …).
 *
 * @category models
 * @since 0.1.0
 */
export type Mishap =
  | {
      readonly _tag: "ServerError"
      readonly at: "before-execution" | "during-execution" | "after-execution"
      readonly status: 500 | 502 | 503 | 504
      readonly shouldRetry: boolean | undefined
    }
  | {
      readonly _tag: "RateLimited"
      readonly status: 400 | 429
      readonly reason: RateLimitReason
      readonly shouldRetry: boolean | undefined
    }
  | { readonly _tag: "LockTimeout"; readonly status: 400 | 429; readonly shouldRetry: boolean | undefined }
  | { readonly _tag: "SlowExecution"; readonly until: Promise<void> }
  | { readonly _tag: "Annotated"; readonly headers: Readonly<Record<string, string>> }

/**
 * The limiter that refused, as `Stripe-Rate-Limited-Reason` names it.
 *
 * @source https://docs.stripe.com/rate-limits (2026-11)
 * @category models
 * @since 0.1.0
 */
export type RateLimitReason =
  | "global-concurrency"
  | "global-rate"
  | "endpoint-concurrency"
  | "endpoint-rate"
  | "resource-specific"

/**
 * @category constructors
 * @since 0.1.0
 */
export const serverError = (
  at: "before-execution" | "during-execution" | "after-execution",
  options: { readonly status?: 500 | 502 | 503 | 504; readonly shouldRetry?: boolean } = {}
): Mishap => ({ _tag: "ServerError", at, status: options.status ?? 500, shouldRetry: options.shouldRetry })

/**
 * `status: 400` is the older form: a 400 whose code is `rate_limit`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const rateLimited = (
  options: { readonly status?: 400 | 429; readonly reason?: RateLimitReason; readonly shouldRetry?: boolean } = {}
): Mishap => ({
  _tag: "RateLimited",
  status: options.status ?? 429,
  reason: options.reason ?? "global-rate",
  shouldRetry: options.shouldRetry
})

/**
 * `Stripe-Should-Retry` is `true` unless said otherwise, as the provider advises it
 * for locks.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lockTimeout = (options: { readonly status?: 400 | 429; readonly shouldRetry?: boolean } = {}): Mishap => ({
  _tag: "LockTimeout",
  status: options.status ?? 429,
  shouldRetry: options.shouldRetry ?? true
})

/**
 * @category constructors
 * @since 0.1.0
 */
export const slowExecution = (until: Promise<void>): Mishap => ({ _tag: "SlowExecution", until })

/**
 * @category constructors
 * @since 0.1.0
 */
export const annotated = (headers: Readonly<Record<string, string>>): Mishap => ({ _tag: "Annotated", headers })
