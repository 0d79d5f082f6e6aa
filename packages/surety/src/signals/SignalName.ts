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

// the notes let a bundler leave a name out that nobody uses
/* @__NO_SIDE_EFFECTS__ */
const counter = (name: string, unit?: string): Signal<"counter"> => ({ name, kind: "counter", unit })
/* @__NO_SIDE_EFFECTS__ */
const gauge = (name: string, unit?: string): Signal<"gauge"> => ({ name, kind: "gauge", unit })
/* @__NO_SIDE_EFFECTS__ */
const histogram = (name: string, unit?: string): Signal<"histogram"> => ({ name, kind: "histogram", unit })

/* @__NO_SIDE_EFFECTS__ */
const own = <const Name extends string>(name: Name): `integration.${Name}` => `integration.${name}`

// --- attributes ----------------------------------------------------------------------------

/** @category attributes @since 0.1.0 */
export const provider: string = own("provider.name")
/** @category attributes @since 0.1.0 */
export const operation: string = own("operation.name")
/** @category attributes @since 0.1.0 */
export const outcome: string = own("outcome")
/** @category attributes @since 0.1.0 */
export const keyHash: string = own("idempotency.key_hash")
/** @category attributes @since 0.1.0 */
export const errorType = "error.type"
/** @category attributes @since 0.1.0 */
export const errorFault = "error.fault"
/** @category attributes @since 0.1.0 */
export const limitName = "limit.name"
/** @category attributes @since 0.1.0 */
export const quotaName = "quota.name"

// --- closed sets ---------------------------------------------------------------------------

/**
 * How a call ended.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const outcomes = ["success", "failure", "rejected", "degraded", "cancelled"] as const

/**
 * Why a request was made. `redirect`: one more of the same attempt, to where the provider sent it.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const attemptTypes = ["original", "retry", "hedge", "auth_replay", "redirect"] as const

/**
 * How an answer, or a request, did not keep the contract. `enum_unknown`: a value that a declared list of values does not have.
 * `undeclared_5xx`: an outage in a form that nobody declared; no alert takes it for drift.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const violations = [
  "undeclared_status",
  "undeclared_5xx",
  "decode",
  "enum_unknown",
  "oversize",
  "content_type",
  "redirect",
  "request"
] as const

/** @category closed sets @since 0.1.0 */
export const circuitStates = ["closed", "open", "half-open", "isolated"] as const

/**
 * Who refused a call for its rate: our own limiter, or the provider.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const limitSources = ["local", "provider"] as const

/**
 * What a provider said about the end of an operation.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const noticeKinds = ["deprecation", "sunset", "warning"] as const

/**
 * What became of an idempotency key.
 *
 * **Details**   `new`: sent for the first time. `conflict`: refused, because another call had it. `expired`: not sent again, because
 * the provider no longer remembers it. `in_progress`: the provider was still at work on an earlier request with it.
 * `replayed`: the answer was that of an earlier request, where the plan says how the provider tells.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const keyResults = ["new", "conflict", "expired", "in_progress", "replayed"] as const

/**
 * What came of asking for an answer that was kept.
 *
 * **Details**   `hit`: the provider said that it is still the one. `miss`: there was none, or it has changed. `stale`: it was served
 * because the provider could not answer.
 *
 * @category closed sets
 * @since 0.1.0
 */
export const cacheResults = ["hit", "miss", "stale"] as const

// --- a call --------------------------------------------------------------------------------

/** @category calls @since 0.1.0 */
export const operationDuration: Signal<"histogram"> = histogram(own("operation.duration"), "s")
/** @category calls @since 0.1.0 */
export const attempts: Signal<"counter"> = counter(own("attempts"), "{attempt}")
/** @category calls @since 0.1.0 */
export const retrySuppressed: Signal<"counter"> = counter(own("retry.suppressed"), "{retry}")
/** @category calls @since 0.1.0 */
export const fallbacks: Signal<"counter"> = counter(own("fallbacks"), "{call}")
/** @category calls @since 0.1.0 */
export const cacheRequests: Signal<"counter"> = counter(own("cache.requests"), "{request}")
/** @category calls @since 0.1.0 */
export const contractViolations: Signal<"counter"> = counter(own("contract.violations"), "{violation}")
/** @category calls @since 0.1.0 */
export const idempotencyKeys: Signal<"counter"> = counter(own("idempotency.keys"), "{key}")
/** @category calls @since 0.1.0 */
export const unknownCalls: Signal<"counter"> = counter(own("outcome.unknown.calls"), "{call}")
/** @category calls @since 0.1.0 */
export const unknown: Signal<"gauge"> = gauge(own("outcome.unknown"), "{call}")
/** @category calls @since 0.1.0 */
export const unknownAge: Signal<"gauge"> = gauge(own("outcome.unknown.oldest.age"), "s")
/** @category calls @since 0.1.0 */
export const reconciled: Signal<"counter"> = counter(own("outcome.reconciled"), "{call}")
/** @category calls @since 0.1.0 */
export const deprecationResponses: Signal<"counter"> = counter(own("deprecation.responses"), "{response}")
/** @category calls @since 0.1.0 */
export const sunsetTime: Signal<"gauge"> = gauge(own("deprecation.sunset.time"), "s")

// --- an exchange ---------------------------------------------------------------------------

/** @category exchanges @since 0.1.0 */
export const requestDuration: Signal<"histogram"> = histogram("http.client.request.duration", "s")
/** @category exchanges @since 0.1.0 */
export const activeRequests: Signal<"gauge"> = gauge("http.client.active_requests", "{request}")

// --- a provider ----------------------------------------------------------------------------

/** @category providers @since 0.1.0 */
export const contractInfo: Signal<"gauge"> = gauge(own("contract.info"))
/** @category providers @since 0.1.0 */
export const circuitState: Signal<"gauge"> = gauge(own("circuit_breaker.state"))
/** @category providers @since 0.1.0 */
export const circuitTransitions: Signal<"counter"> = counter(own("circuit_breaker.transitions"), "{transition}")
/** @category providers @since 0.1.0 */
export const circuitRejections: Signal<"counter"> = counter(own("circuit_breaker.rejections"), "{call}")
/** @category providers @since 0.1.0 */
export const concurrencyInFlight: Signal<"gauge"> = gauge(own("concurrency.in_flight"), "{attempt}")
/** @category providers @since 0.1.0 */
export const concurrencyLimit: Signal<"gauge"> = gauge(own("concurrency.limit"), "{attempt}")
/** @category providers @since 0.1.0 */
export const concurrencyQueued: Signal<"gauge"> = gauge(own("concurrency.queued"), "{call}")
/** @category providers @since 0.1.0 */
export const concurrencyRejections: Signal<"counter"> = counter(own("concurrency.rejections"), "{call}")
/** @category providers @since 0.1.0 */
export const retryBudget: Signal<"gauge"> = gauge(own("retry.budget.available"), "1")
/** @category providers @since 0.1.0 */
export const retryDelay: Signal<"histogram"> = histogram(own("retry.delay"), "s")
/** @category providers @since 0.1.0 */
export const rateLimit: Signal<"gauge"> = gauge(own("rate_limit.limit"), "{token}")
/** @category providers @since 0.1.0 */
export const rateRemaining: Signal<"gauge"> = gauge(own("rate_limit.remaining"), "{token}")
/** @category providers @since 0.1.0 */
export const rateResetTime: Signal<"gauge"> = gauge(own("rate_limit.reset.time"), "s")
/** @category providers @since 0.1.0 */
export const rateRejections: Signal<"counter"> = counter(own("rate_limit.rejections"), "{call}")
/** @category providers @since 0.1.0 */
export const rateWait: Signal<"histogram"> = histogram(own("rate_limit.wait.duration"), "s")
/** @category providers @since 0.1.0 */
export const quotaUsed: Signal<"gauge"> = gauge(own("quota.used"), "{token}")
/** @category providers @since 0.1.0 */
export const quotaLimit: Signal<"gauge"> = gauge(own("quota.limit"), "{token}")
/** @category providers @since 0.1.0 */
export const quotaResetTime: Signal<"gauge"> = gauge(own("quota.reset.time"), "s")
/** @category providers @since 0.1.0 */
export const storeErrors: Signal<"counter"> = counter(own("guard_store.errors"), "{error}")

// --- log events --------------------------------------------------------------------------------

/**
 * What is logged, under these names as the message: rare changes, and nothing about a call that goes well.
 *
 * @category events
 * @since 0.1.0
 */
export const events = {
  circuitTransition: own("circuit_breaker.transition"),
  retrySuppressed: own("retry.suppressed"),
  rateLimited: own("rate_limit.rejected"),
  deprecationObserved: own("deprecation.observed"),
  contractViolation: own("contract.violation"),
  idempotencyConflict: own("idempotency.conflict"),
  outcomeUnknown: own("outcome.unknown")
} as const
/** Somebody said what became of a lost mutation. Only programs that lose some ship it. @category events @since 0.1.0 */
export const outcomeSettled = own("outcome.settled")
/** On an event: how many of its kind were held back before it. @category events @since 0.1.0 */
export const heldBack = own("event.held_back")
/** On an event: `true` where further ones of its kind are held back for the rest of a minute. @category events @since 0.1.0 */
export const holdsBack = own("event.holds_back")

/**
 * @category models
 * @since 0.1.0
 */
export type EventName = (typeof events)[keyof typeof events] | typeof outcomeSettled

// --- a credential --------------------------------------------------------------------------

/** @category credentials @since 0.1.0 */
export const credentialName = "credential.name"
/** @category credentials @since 0.1.0 */
export const credentialRefreshes: Signal<"counter"> = counter(own("credential.refreshes"), "{refresh}")
/** @category credentials @since 0.1.0 */
export const credentialState: Signal<"gauge"> = gauge(own("credential.state"))
/** @category credentials @since 0.1.0 */
export const credentialExpiryTime: Signal<"gauge"> = gauge(own("credential.expiry.time"), "s")

// --- telemetry of our own ------------------------------------------------------------------

/** What was lost: spans, data points, log records, or series of one scrape. @category telemetry @since 0.1.0 */
export const telemetryDropped: Signal<"counter"> = counter(own("telemetry.dropped"), "{item}")
/** When a signal was last taken by its collector; 0 before the first time. @category telemetry @since 0.1.0 */
export const telemetryExportTime: Signal<"gauge"> = gauge(own("telemetry.export.time"), "s")

// --- the audit trail -----------------------------------------------------------------------

/** The log event of each fact. @category audit @since 0.1.0 */
export const auditEvent: string = own("audit")
/** @category audit @since 0.1.0 */
export const auditSink: string = own("audit.sink")
/** @category audit @since 0.1.0 */
export const auditBuffered: Signal<"gauge"> = gauge(own("audit.buffered"))
/** @category audit @since 0.1.0 */
export const auditDropped: Signal<"counter"> = counter(own("audit.dropped"))
/** @category audit @since 0.1.0 */
export const auditMerged: Signal<"counter"> = counter(own("audit.merged"))
/** @category audit @since 0.1.0 */
export const auditSinkErrors: Signal<"counter"> = counter(own("audit.sink_errors"))
