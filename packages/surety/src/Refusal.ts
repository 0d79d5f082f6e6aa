/**
 * Why a call was refused on our side, or turned away because of our credential. A refusal is never the provider's
 * failure: no breaker, budget or SLO counts it, and the provider has not acted.
 *
 * Neighbours: `NotAttempted` carries one as its reason when nothing was sent at all.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The breaker is open; `retryAfterMillis` is the time until the next probe is allowed.
 *
 * @category failures
 * @since 0.1.0
 */
export class CircuitOpen extends Schema.TaggedError<CircuitOpen>()("CircuitOpen", {
  retryAfterMillis: Schema.Number,
  isolated: Schema.Boolean
}) {
  override get message(): string {
    return this.isolated
      ? "The circuit was isolated by hand; close it to let calls through"
      : `The circuit is open; the next probe is allowed in ${Math.ceil(this.retryAfterMillis)} ms`
  }
}

/**
 * Every permit is taken and the queue is full.
 *
 * @category failures
 * @since 0.1.0
 */
export class BulkheadFull extends Schema.TaggedError<BulkheadFull>()("BulkheadFull", {
  concurrency: Schema.Int,
  queue: Schema.Int
}) {
  override get message(): string {
    return `All ${this.concurrency} permits are taken and ${this.queue} calls are queued`
  }
}

/**
 * A bucket could not give its tokens within the deadline.
 *
 * @category failures
 * @since 0.1.0
 */
export class RateLimitSaturated extends Schema.TaggedError<RateLimitSaturated>()("RateLimitSaturated", {
  bucket: Schema.String,
  retryAfterMillis: Schema.Number
}) {
  override get message(): string {
    return `Bucket "${this.bucket}" has no tokens for another ${Math.ceil(this.retryAfterMillis)} ms, longer than this call may wait`
  }
}

/**
 * The total deadline passed before anything was sent.
 *
 * @category failures
 * @since 0.1.0
 */
export class BudgetExhausted extends Schema.TaggedError<BudgetExhausted>()("BudgetExhausted", {
  totalMillis: Schema.Number,
  waitedFor: Schema.Literals(["bulkhead", "rate-limit", "credential", "lookup"])
}) {
  override get message(): string {
    return `The deadline of ${this.totalMillis} ms passed while waiting for the ${this.waitedFor}`
  }
}

/**
 * No usable credential.
 *
 * **Details**   `provider`: when a layer fails with it; a call's failure names its operation.
 *
 * @category failures
 * @since 0.1.0
 */
export class CredentialUnavailable extends Schema.TaggedError<CredentialUnavailable>()("CredentialUnavailable", {
  provider: Schema.optional(Schema.String),
  credential: Schema.String,
  why: Schema.String
}) {
  override get message(): string {
    return `${of(this.provider)}Credential "${this.credential}" is not available: ${this.why}`
  }
}

/**
 * The credential was granted less than the operation needs. Nothing was sent.
 *
 * **Details**   `provider`: when a layer fails with it; a call's failure names its operation.
 *
 * @category failures
 * @since 0.1.0
 */
export class ScopeMissing extends Schema.TaggedError<ScopeMissing>()("ScopeMissing", {
  provider: Schema.optional(Schema.String),
  credential: Schema.String,
  missing: Schema.Array(Schema.String),
  granted: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `${of(this.provider)}Credential "${this.credential}" was not granted ${this.missing.join(", ")}; it has ${
      this.granted.join(", ") || "no scope at all"
    }`
  }
}

/**
 * The provider refuses the credential (401), also after it was renewed where that is possible. The one refusal that
 * comes from the provider: the request was sent, and turned away at the door.
 *
 * @category failures
 * @since 0.1.0
 */
export class CredentialRejected extends Schema.TaggedError<CredentialRejected>()("CredentialRejected", {
  credential: Schema.String,
  status: Schema.Int,
  renewed: Schema.Literals(["yes", "no"])
}) {
  override get message(): string {
    return `The provider refuses credential "${this.credential}" (status ${this.status})${
      this.renewed === "yes" ? ", also after it was renewed" : ""
    }; check that it is the right one, and that it was not revoked`
  }
}

/**
 * A limiter or breaker store is down, and the contract says that calls stop then.
 *
 * @category failures
 * @since 0.1.0
 */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  store: Schema.Literals(["rate-limit", "breaker"])
}) {
  override get message(): string {
    return `The ${this.store} store does not answer, and the contract declares onStoreError: "closed"`
  }
}

/**
 * The idempotency key cannot be sent: too long, malformed, or older than the provider
 * remembers keys.
 *
 * @category failures
 * @since 0.1.0
 */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {
  rule: Schema.String
}) {
  override get message(): string {
    return `The idempotency key was refused: ${this.rule}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export type Refusal =
  | CircuitOpen
  | BulkheadFull
  | RateLimitSaturated
  | BudgetExhausted
  | CredentialUnavailable
  | ScopeMissing
  | CredentialRejected
  | StoreUnavailable
  | KeyRefused

/**
 * Any refusal as a codec.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Refusal: Schema.Codec<Refusal, unknown> = /* @__PURE__ */ Schema.Union([
  CircuitOpen,
  BulkheadFull,
  RateLimitSaturated,
  BudgetExhausted,
  CredentialUnavailable,
  ScopeMissing,
  CredentialRejected,
  StoreUnavailable,
  KeyRefused
])

/** Which provider it is about, where nothing else says so. */
const of = (provider: string | undefined): string => (provider === undefined ? "" : `${provider}: `)
