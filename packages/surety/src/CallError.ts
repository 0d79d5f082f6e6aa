/**
 * What a call can fail with. Business failures that were not retried keep their tag;
 * the rest is wrapped, so that a reader of the type sees what was retried and what may
 * have happened.
 *
 * The wrappers follow Effect's reason idiom: `Effect.catchReason("RetriesExhausted",
 * "RateLimited", …)` and `Effect.unwrapReason("OutcomeUnknown")` work on them. Each has a
 * codec, so it can cross a queue, a workflow or an RPC boundary.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as Backoff from "./Backoff.ts"
import type * as Failure from "./Failure.ts"
import * as Refusal from "./Refusal.ts"
import type { Kind } from "./RetryMatrix.ts"

/**
 * Every reason to stop.
 *
 * @category constants
 * @since 0.1.0
 */
export const reasonsToStop = [
  "attempts",
  "retry-budget",
  "deadline",
  "server-wait",
  "circuit",
  "bulkhead",
  "rate-limit",
  "credential",
  "store",
  "key-expired",
  "rule",
  "lookup",
  "absent"
] as const

/**
 * Why no further attempt was made.
 *
 * **Details**   `attempts`: the rule's maximum was reached. `retry-budget`: the provider's retry
 * budget is spent. `deadline`: the next wait does not fit into the total deadline.
 * `server-wait`: the provider named a time beyond the deadline. `circuit`, `bulkhead`,
 * `rate-limit`, `credential`, `store`: our own guard refused the next attempt. `key-expired`:
 * the provider no longer remembers the key. `rule`: the last failure's rule is `never`.
 * `lookup`: the lookup before a resend failed. `absent`: reconciliation found nothing and the plan forbids a resend.
 *
 * @category models
 * @since 0.1.0
 */
export type Stopped = (typeof reasonsToStop)[number]

const StoppedSchema: Schema.Codec<Stopped> = Schema.Literals(reasonsToStop)

/**
 * Every attempt failed, and the operation was certainly not applied (or is a read).
 *
 * **Details**   `retryAt`: epoch milliseconds before which the provider does not want to be asked
 * again, when it named a time.
 *
 * @category failures
 * @since 0.1.0
 */
export class RetriesExhausted<out E> extends Data.TaggedError("RetriesExhausted")<{
  readonly operation: string
  readonly reason: unknown
  readonly attempts: number
  readonly stopped: Stopped
  readonly elapsedMillis: number
  readonly retryAt: number | undefined
}> {
  declare readonly reason: E
  override get message(): string {
    return `${this.operation}: gave up after ${count(this.attempts)} in ${Math.round(this.elapsedMillis)} ms (${why(
      this.stopped
    )}); not applied. Last failure: ${text(this.reason)}${until(this.retryAt)}`
  }
  /** The codec, for the failures that `reason` can be. */
  static schema<E>(reason: Schema.Codec<E, unknown>): Schema.Codec<RetriesExhausted<E>, unknown> {
    return codec(
      "RetriesExhausted",
      {
        operation: Schema.String,
        reason,
        attempts: Schema.Int,
        stopped: StoppedSchema,
        elapsedMillis: Schema.Number,
        retryAt: maybe(Schema.Number)
      },
      (fields) => new RetriesExhausted<E>({ ...fields, retryAt: fields.retryAt })
    )
  }
}

/**
 * The mutation may or may not have been applied.
 *
 * **Details**   `reason`: the ambiguous failure. `last`: what the last attempt said, when that was
 * another failure. `idempotencyKey`: send the call again with this key, within `keyValidUntil`
 * (epoch milliseconds), to learn the outcome. `reconcile`: what the plan offers.
 *
 * @category failures
 * @since 0.1.0
 */
export class OutcomeUnknown<out E> extends Data.TaggedError("OutcomeUnknown")<{
  readonly operation: string
  readonly reason: unknown
  readonly last: unknown
  readonly attempts: number
  readonly stopped: Stopped
  readonly elapsedMillis: number
  readonly idempotencyKey: string | undefined
  readonly keyValidUntil: number | undefined
  readonly reconcile: "same-key" | "repeat" | "lookup" | "by-hand"
  readonly retryAt: number | undefined
}> {
  declare readonly reason: E
  override get message(): string {
    return `${this.operation}: the outcome is unknown after ${count(this.attempts)} in ${Math.round(
      this.elapsedMillis
    )} ms (${why(this.stopped)}). ${text(this.reason)}. ${this.advice}${until(this.retryAt)}`
  }
  /** What to do next, in one sentence. */
  get advice(): string {
    switch (this.reconcile) {
      case "same-key":
        return "Send the same call again with the same idempotency key to learn the outcome"
      case "repeat":
        return "The operation is idempotent by itself: send it again"
      case "lookup":
        return "Look the outcome up with the operation that the plan names before sending again"
      case "by-hand":
        return "There is no plan for this operation: find out by hand before sending again"
    }
  }
  /**
   * The codec, for the failures that `reason` can be. A `last` that is none of them crosses as
   * its tag and its message.
   */
  static schema<E>(reason: Schema.Codec<E, unknown>): Schema.Codec<OutcomeUnknown<E>, unknown> {
    return codec(
      "OutcomeUnknown",
      {
        operation: Schema.String,
        reason,
        last: maybe(Schema.Union([reason, Summary])),
        attempts: Schema.Int,
        stopped: StoppedSchema,
        elapsedMillis: Schema.Number,
        idempotencyKey: maybe(Schema.String),
        keyValidUntil: maybe(Schema.Number),
        reconcile: Schema.Literals(["same-key", "repeat", "lookup", "by-hand"]),
        retryAt: maybe(Schema.Number)
      },
      (fields) =>
        new OutcomeUnknown<E>({
          ...fields,
          last: fields.last,
          idempotencyKey: fields.idempotencyKey,
          keyValidUntil: fields.keyValidUntil,
          retryAt: fields.retryAt
        })
    )
  }
}

/**
 * Refused on our side: nothing was sent; or turned away by the provider because of our credential
 * (`CredentialRejected`). The provider has not acted.
 *
 * @category failures
 * @since 0.1.0
 */
export class NotAttempted extends Data.TaggedError("NotAttempted")<{
  readonly operation: string
  readonly reason: Refusal.Refusal
}> {
  override get message(): string {
    const what = this.reason._tag === "CredentialRejected" ? "turned away" : "nothing was sent"
    return `${this.operation}: ${what}. ${this.reason.message}`
  }
  /** The codec. */
  static get schema(): Schema.Codec<NotAttempted, unknown> {
    return codec(
      "NotAttempted",
      { operation: Schema.String, reason: Refusal.Refusal },
      (fields) => new NotAttempted(fields)
    )
  }
}

type RetriedTag<M> = { readonly [T in keyof M]: M[T] extends Backoff.Backoff ? T : never }[keyof M]
type Retried<E extends Failure.Any, M> = Extract<E, { readonly _tag: RetriedTag<M> }>
type Ambiguous<E> = Extract<E, Failure.Disposed<"idempotent-only">>
type Exhausted<E> = [E] extends [never] ? never : RetriesExhausted<E>
type Unknown<E> = [E] extends [never] ? never : OutcomeUnknown<E>

/**
 * The error channel of a call.
 *
 * @category models
 * @since 0.1.0
 */
export type CallError<E extends Failure.Any, M, K extends Kind> = K extends "mutation"
  ? | Exclude<E, Ambiguous<E> | Retried<E, M>>
    | Exhausted<Exclude<Retried<E, M>, Ambiguous<E>>>
    | Unknown<Ambiguous<E>>
    | NotAttempted
  : Exclude<E, Retried<E, M>> | Exhausted<Retried<E, M>> | NotAttempted

/** JSON has no `undefined`: what is not known is left out. */
const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optional(schema)

/** What is kept of an error whose codec is not at hand. */
const Summary = Schema.Struct({ _tag: Schema.String, message: Schema.String })

const codec = <Fields extends Schema.Struct.Fields, A extends object>(
  tag: string,
  fields: Fields,
  construct: (fields: Schema.Struct.Type<Fields>) => A
): Schema.Codec<A, unknown> => {
  const struct = Schema.Struct({ _tag: Schema.tag(tag), ...fields })
  // the struct and the wrapper have the same fields; `construct` states their type, which the codec cannot infer from a tag
  return struct.pipe(
    Schema.decodeTo(
      Schema.declare((u): u is A => typeof u === "object" && u !== null && (u as { _tag?: unknown })._tag === tag),
      SchemaTransformation.transform({
        decode: (encoded) => construct(encoded as Schema.Struct.Type<Fields>),
        encode: (error) => pick(error, ["_tag", ...Object.keys(fields)]) as typeof struct.Type
      })
    )
  ) as unknown as Schema.Codec<A, unknown>
}

const pick = (from: object, keys: ReadonlyArray<string>): object =>
  Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown>)[key]]))

const count = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`)

const text = (u: unknown): string => (u instanceof Error ? u.message : String(u))

const until = (epochMillis: number | undefined): string =>
  epochMillis === undefined
    ? ""
    : `. The provider asks to wait until ${new Date(Math.min(epochMillis, latestDate)).toISOString()}`

/** The latest time a Date can hold: a provider may ask for more. */
const latestDate = 8.64e15

const why = (stopped: Stopped): string => {
  switch (stopped) {
    case "attempts":
      return "the rule allows no more attempts"
    case "retry-budget":
      return "the retry budget is spent"
    case "deadline":
      return "the next wait does not fit into the deadline"
    case "server-wait":
      return "the provider asks for a wait beyond the deadline"
    case "circuit":
      return "the circuit opened"
    case "bulkhead":
      return "no permit was free for another attempt"
    case "rate-limit":
      return "the rate limit has no tokens for another attempt"
    case "credential":
      return "no credential for another attempt"
    case "store":
      return "a limiter or breaker store does not answer"
    case "key-expired":
      return "the provider no longer remembers the key"
    case "rule":
      return "the last failure is not retried"
    case "lookup":
      return "the lookup before a resend failed"
    case "absent":
      return "the lookup found nothing and the plan forbids a resend"
  }
}
