/**
 * The trail of a credential: who did what with which version, for what, when. Events are only ever appended.
 *
 * No event holds a secret or a part of one: it holds a fingerprint, an HMAC of the secret under a key that only the
 * auditor has, so that two events can be compared and nothing can be guessed.
 *
 * Neighbours: `Lifecycle` and `SharedGrant` write; `AuditBuffer` stands before each sink; sinks are `LogAudit`,
 * `OtlpAudit` and `@surety/sql`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * What happened.
 *
 * **Details**   `requested`: a source was asked; `granted` or `denied`: its answer; `used`: a version was used by an
 * operation (`count` times since the last such event); `refreshed`: a newer token of the same grant; `rotated`: a new
 * secret took the place of another; `rotation-failed`: a new secret was refused, the previous one stays; `expired`;
 * `reuse-of-expired`: somebody asked for a secret after its end, and was refused; `rejected`: the provider refused it;
 * `revoked`, `revoke-failed`; `reauthorize`: the grant is dead; `administered`: a person, or a program of theirs,
 * changed something.
 *
 * @category models
 * @since 0.1.0
 */
export const Kind = Schema.Literals([
  "requested",
  "granted",
  "denied",
  "used",
  "refreshed",
  "rotated",
  "rotation-failed",
  "expired",
  "reuse-of-expired",
  "rejected",
  "revoked",
  "revoke-failed",
  "reauthorize",
  "administered"
])
/** @category models @since 0.1.0 */
export type Kind = typeof Kind.Type

/**
 * **Details**   `id`: unique; the same fact told twice has the same id. `actor`: the process or person that acted.
 * `purpose`: why, in the contract's words (`charge`, `advisory refresh`). `provider`, `credential`: names.
 * `version`, `fingerprint`: of the secret, absent where none was there. `operation`, `count`: for `used`.
 * `traceId`: of the call, when there was a trace. `wallMillis`: since the epoch; `monotonicMillis`: grows in one
 * process whatever happens to the wall clock. `detail`: codes and numbers.
 *
 * @category models
 * @since 0.1.0
 */
export const Event = Schema.Struct({
  id: Schema.String,
  kind: Kind,
  actor: Schema.String,
  purpose: Schema.String,
  provider: Schema.String,
  credential: Schema.String,
  version: Schema.optional(Schema.String),
  fingerprint: Schema.optional(Schema.String),
  operation: Schema.optional(Schema.String),
  count: Schema.optional(Schema.Int),
  traceId: Schema.optional(Schema.String),
  wallMillis: Schema.Number,
  monotonicMillis: Schema.Number,
  detail: Schema.optional(Schema.String)
})
/** @category models @since 0.1.0 */
export interface Event extends Schema.Schema.Type<typeof Event> {}

/**
 * Where events go. `append` takes them in order, and may be asked again with events that it has; it tells them by `id`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink {
  readonly name: string
  readonly append: (events: ReadonlyArray<Event>) => Effect.Effect<void, SinkFailure>
}

/**
 * The sink took nothing, as far as it knows.
 *
 * **Details**   `detail` is written by us from codes and numbers. `retry`: without it the same events are given again;
 * `"never"` says that the sink would refuse them again (too large, of a shape that it does not know), so that the
 * buffer gives fewer at a time, and lets go of the one event that is refused alone.
 *
 * @category failures
 * @since 0.1.0
 */
export class SinkFailure extends Schema.TaggedError<SinkFailure>()("SinkFailure", {
  sink: Schema.String,
  detail: Schema.String,
  retry: Schema.optional(Schema.Literal("never"))
}) {
  override get message(): string {
    return `The audit sink ${this.sink} took nothing: ${this.detail}`
  }
}

/**
 * What writers are given: `record` never waits and never fails; what becomes of the event is the buffer's business.
 * `fingerprint` is the HMAC of a secret under the auditor's key, as 16 hexadecimal characters.
 *
 * @category models
 * @since 0.1.0
 */
export interface Audit {
  readonly actor: string
  readonly record: (event: Event) => void
  readonly fingerprint: (secret: string) => string
}

/**
 * Without an auditor in the context, nothing is recorded.
 *
 * @category services
 * @since 0.1.0
 */
export const Audit: Context.Reference<Audit> = Context.Reference<Audit>("surety/credential/Audit", {
  defaultValue: () => ({ actor: "", record: () => {}, fingerprint: () => "" })
})
