/**
 * Every signal of a running provider: its name, its kind, its unit and the closed sets its attributes draw from. No name
 * stands anywhere else.
 *
 * Neighbours: `ProviderSeries` and `OperationSeries` say which series a contract has; `ExportProfile` how they are spelled.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export type Kind = "counter" | "gauge" | "histogram"

/**
 * **Details**   `unit` is a UCUM unit: `s`, `1` for a ratio, or a word in braces. `undefined`: a flag or a state.
 *
 * @category models
 * @since 0.1.0
 */
export interface Signal<out K extends Kind = Kind> {
  readonly name: string
  readonly kind: K
  readonly unit: string | undefined
}

const signal =
  <K extends Kind>(kind: K) =>
  (name: string, unit?: string): Signal<K> => ({ name, kind, unit })

const counter = signal("counter")
const gauge = signal("gauge")
const histogram = signal("histogram")

const own = <const Name extends string>(name: Name): `integration.${Name}` => `integration.${name}`

// --- attributes ----------------------------------------------------------------------------

export const provider: string = own("provider.name")
export const operation: string = own("operation.name")
export const outcome: string = own("outcome")
export const keyHash: string = own("idempotency.key_hash")
export const errorType = "error.type"
export const errorFault = "error.fault"
export const limitName = "limit.name"
export const quotaName = "quota.name"

// --- closed sets ---------------------------------------------------------------------------

/** How a call ended. */
export const outcomes = ["success", "failure", "rejected", "degraded", "cancelled"] as const

/** Why an attempt was made. */
export const attemptTypes = ["original", "retry", "hedge", "auth_replay"] as const

/** How an answer, or a request, did not keep the contract. */
export const violations = ["undeclared_status", "decode", "oversize", "content_type", "redirect", "request"] as const

export const circuitStates = ["closed", "open", "half-open", "isolated"] as const

/** Who refused a call for its rate: our own limiter, or the provider. */
export const limitSources = ["local", "provider"] as const

/** What a provider said about the end of an operation. */
export const noticeKinds = ["deprecation", "sunset", "warning"] as const

/** What became of an idempotency key: sent for the first time, or refused because another call had it. */
export const keyResults = ["new", "conflict"] as const

// --- a call --------------------------------------------------------------------------------

export const operationDuration: Signal<"histogram"> = histogram(own("operation.duration"), "s")
export const attempts: Signal<"counter"> = counter(own("attempts"), "{attempt}")
export const retrySuppressed: Signal<"counter"> = counter(own("retry.suppressed"), "{retry}")
export const fallbacks: Signal<"counter"> = counter(own("fallbacks"), "{call}")
export const contractViolations: Signal<"counter"> = counter(own("contract.violations"), "{violation}")
export const idempotencyKeys: Signal<"counter"> = counter(own("idempotency.keys"), "{key}")
export const unknownCalls: Signal<"counter"> = counter(own("outcome.unknown.calls"), "{call}")
export const unknown: Signal<"gauge"> = gauge(own("outcome.unknown"), "{call}")
export const unknownAge: Signal<"gauge"> = gauge(own("outcome.unknown.oldest.age"), "s")
export const reconciled: Signal<"counter"> = counter(own("outcome.reconciled"), "{call}")
export const deprecationResponses: Signal<"counter"> = counter(own("deprecation.responses"), "{response}")
export const sunsetTime: Signal<"gauge"> = gauge(own("deprecation.sunset.time"), "s")

// --- an exchange ---------------------------------------------------------------------------

export const requestDuration: Signal<"histogram"> = histogram("http.client.request.duration", "s")
export const activeRequests: Signal<"gauge"> = gauge("http.client.active_requests", "{request}")

// --- a provider ----------------------------------------------------------------------------

export const contractInfo: Signal<"gauge"> = gauge(own("contract.info"))
export const circuitState: Signal<"gauge"> = gauge(own("circuit_breaker.state"))
export const circuitTransitions: Signal<"counter"> = counter(own("circuit_breaker.transitions"), "{transition}")
export const circuitRejections: Signal<"counter"> = counter(own("circuit_breaker.rejections"), "{call}")
export const concurrencyInFlight: Signal<"gauge"> = gauge(own("concurrency.in_flight"), "{attempt}")
export const concurrencyLimit: Signal<"gauge"> = gauge(own("concurrency.limit"), "{attempt}")
export const concurrencyQueued: Signal<"gauge"> = gauge(own("concurrency.queued"), "{call}")
export const concurrencyRejections: Signal<"counter"> = counter(own("concurrency.rejections"), "{call}")
export const retryBudget: Signal<"gauge"> = gauge(own("retry.budget.available"), "1")
export const retryDelay: Signal<"histogram"> = histogram(own("retry.delay"), "s")
export const rateLimit: Signal<"gauge"> = gauge(own("rate_limit.limit"), "{token}")
export const rateRemaining: Signal<"gauge"> = gauge(own("rate_limit.remaining"), "{token}")
export const rateResetTime: Signal<"gauge"> = gauge(own("rate_limit.reset.time"), "s")
export const rateRejections: Signal<"counter"> = counter(own("rate_limit.rejections"), "{call}")
export const rateWait: Signal<"histogram"> = histogram(own("rate_limit.wait.duration"), "s")
export const quotaUsed: Signal<"gauge"> = gauge(own("quota.used"), "{token}")
export const quotaLimit: Signal<"gauge"> = gauge(own("quota.limit"), "{token}")
export const quotaResetTime: Signal<"gauge"> = gauge(own("quota.reset.time"), "s")
export const storeErrors: Signal<"counter"> = counter(own("guard_store.errors"), "{error}")

// --- log events --------------------------------------------------------------------------------

/** What is logged, under these names as the message: rare changes, and nothing about a call that goes well. */
export const events = {
  circuitTransition: own("circuit_breaker.transition"),
  retrySuppressed: own("retry.suppressed"),
  rateLimited: own("rate_limit.rejected"),
  deprecationObserved: own("deprecation.observed"),
  contractViolation: own("contract.violation"),
  idempotencyConflict: own("idempotency.conflict"),
  outcomeUnknown: own("outcome.unknown")
} as const

/**
 * @category models
 * @since 0.1.0
 */
export type EventName = (typeof events)[keyof typeof events]

// --- a credential --------------------------------------------------------------------------

export const credentialName = "credential.name"
export const credentialRefreshes: Signal<"counter"> = counter(own("credential.refreshes"), "{refresh}")
export const credentialState: Signal<"gauge"> = gauge(own("credential.state"))
export const credentialExpiryTime: Signal<"gauge"> = gauge(own("credential.expiry.time"), "s")
