/**
 * What makes a mutation safe to send again. Every mutation declares exactly one plan.
 *
 * Neighbours: `RetryMatrix` asks whether a plan is replay-safe; the engine makes the
 * key before the first attempt and sends the same one on every attempt. This module
 * never performs a call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * @category type ids
 * @since 0.1.0
 */
export const TypeId = "~surety/Idempotency"

/**
 * Where the key of one logical call comes from.
 *
 * **Details**   `caller`: the caller must pass `idempotencyKey`, so that the key survives a
 * restart. `generated`: the engine makes a random one when the caller passes none.
 *
 * @category models
 * @since 0.1.0
 */
export type KeySource = "caller" | "generated"

/**
 * The provider de-duplicates on a key that we send.
 *
 * **Details**   `retainedFor`: how long the provider remembers a key; after that the engine
 * refuses to send it again. `maxLength`: longest key in characters. `format`: `bare`
 * sends the key as it is, `quoted` as an sf-string (draft-ietf-httpapi-idempotency-key-header). `replayed`: the response
 * header by which the provider says that an answer is that of an earlier request under the key.
 *
 * @category models
 * @since 0.1.0
 */
export interface Key<out S extends KeySource> {
  readonly [TypeId]: "replay-safe"
  readonly _tag: "Key"
  readonly source: S
  readonly header: string
  readonly retainedFor: Duration.Duration
  readonly maxLength: number
  readonly format: "bare" | "quoted"
  readonly replayed: string | undefined
}

/**
 * Applying the request twice is the same as applying it once (PUT, DELETE by id).
 *
 * @category models
 * @since 0.1.0
 */
export interface Natural {
  readonly [TypeId]: "replay-safe"
  readonly _tag: "Natural"
  readonly because: string
}

/**
 * The provider has no key; a read looks the outcome up before anything is sent again.
 *
 * **Details**   `embed` writes the marker into our request before the first attempt. `via`: the
 * read that looks. `ask` builds its request from ours and the marker;
 * `find` returns the result of our mutation when the read shows that it was applied;
 * `reachMillis`: how long ago the first attempt can have been at most, in an earlier process
 * too. An answer that does not reach back so far proves nothing: `find` then throws.
 * `absent`: what it means when nothing was found: `not-applied` allows a resend,
 * `unknown` ends the call with `OutcomeUnknown`. `settle`: the wait before looking.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reconcile<out S extends KeySource, out Request = unknown, out A = unknown> {
  readonly [TypeId]: "replay-safe"
  readonly _tag: "Reconcile"
  /** For the compiler only: the law OP-007 compares them with the operation. */
  readonly "~request": Request
  readonly "~success": A
  readonly source: S
  readonly via: ReconcileRead
  readonly embed: (request: never, marker: string) => unknown
  readonly ask: (request: never, marker: string) => unknown
  readonly find: (result: never, request: never, marker: string, reachMillis: number) => unknown
  readonly absent: "not-applied" | "unknown"
  readonly settle: Duration.Duration
}

/**
 * The least a reconciling read must be.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReconcileRead {
  readonly name: string
  readonly kind: "read"
}

/**
 * No protection, said out loud: after an ambiguous failure the call ends with
 * `OutcomeUnknown` and the caller has to find out.
 *
 * @category models
 * @since 0.1.0
 */
export interface AcceptedRisk {
  readonly [TypeId]: "unprotected"
  readonly _tag: "AcceptedRisk"
  readonly because: string
}

/**
 * @category models
 * @since 0.1.0
 */
export type Plan = Key<KeySource> | Natural | Reconcile<KeySource> | AcceptedRisk

/**
 * @category models
 * @since 0.1.0
 */
export type ReplaySafe = Key<KeySource> | Natural | Reconcile<KeySource>

/**
 * Plans under which two copies may be in flight at once (hedging).
 *
 * @category models
 * @since 0.1.0
 */
export type HedgeSafe = Key<KeySource> | Natural

/**
 * Declares a key plan.
 *
 * **Details**   `header`: the request header that carries the key. `retainedFor`: longer than
 * zero. `maxLength`: default 255. `format`: default `bare`. `replayed`: where given, such answers are counted.
 *
 * **Failures**   `RangeError` at construction, naming the field and the rule.
 *
 * **Example** (A provider that remembers keys for a day)
 *
 * ```ts import.meta.vitest
 * import * as Idempotency from "surety/Idempotency"
 *
 * const plan = Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" })
 * plan.header // => "idempotency-key"
 * plan.maxLength // => 255
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const key = <const S extends KeySource>(options: {
  readonly header: string
  readonly source: S
  readonly retainedFor: Duration.Input
  readonly maxLength?: number
  readonly format?: "bare" | "quoted"
  readonly replayed?: string
}): Key<S> => {
  const retainedFor = Duration.fromInput(options.retainedFor)
  if (retainedFor._tag === "None" || !(Duration.toMillis(retainedFor.value) > 0)) {
    throw new RangeError(`Idempotency.key: retainedFor must be a duration longer than zero, got ${options.retainedFor}`)
  }
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(options.header)) {
    throw new RangeError(`Idempotency.key: header is not a header name: ${JSON.stringify(options.header)}`)
  }
  const maxLength = options.maxLength ?? 255
  if (!Number.isInteger(maxLength) || maxLength < 16) {
    throw new RangeError(`Idempotency.key: maxLength must be an integer of at least 16, got ${maxLength}`)
  }
  return {
    [TypeId]: "replay-safe",
    _tag: "Key",
    source: options.source,
    header: options.header.toLowerCase(),
    retainedFor: retainedFor.value,
    maxLength,
    format: options.format ?? "bare",
    replayed: options.replayed?.toLowerCase()
  }
}

/**
 * Declares that the request is idempotent by its own meaning, and why.
 *
 * @category constructors
 * @since 0.1.0
 */
export const natural = (because: string): Natural => ({
  [TypeId]: "replay-safe",
  _tag: "Natural",
  because: reason("natural", because)
})

/**
 * Declares how the outcome of a lost mutation is looked up.
 *
 * **Details**   `request` and `result` types are checked by the operation that carries the
 * plan. `source` says where the marker comes from; it must be part of what the
 * mutation writes, so that `find` can recognise it. `settle`: how long the provider may
 * need until a write shows up in the read; default 0.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reconcile = <const S extends KeySource, Ask, Result, Request, A>(options: {
  readonly source: S
  readonly via: ReconcileRead & { readonly "~request": Ask; readonly "~success": Result }
  readonly embed: (request: Request, marker: string) => Request
  readonly ask: (request: Request, marker: string) => Ask
  readonly find: (result: Result, request: Request, marker: string, reachMillis: number) => A | undefined
  readonly absent: "not-applied" | "unknown"
  readonly settle?: Duration.Input
}): Reconcile<S, Request, A> => ({
  [TypeId]: "replay-safe",
  _tag: "Reconcile",
  "~request": undefined as Request,
  "~success": undefined as A,
  source: options.source,
  via: options.via,
  embed: options.embed as Reconcile<S>["embed"],
  ask: options.ask as Reconcile<S>["ask"],
  find: options.find as Reconcile<S>["find"],
  absent: options.absent,
  settle: Duration.fromInputUnsafe(options.settle ?? 0)
})

/**
 * Declares that a lost outcome stays unknown, and why that is acceptable.
 *
 * @category constructors
 * @since 0.1.0
 */
export const acceptRisk = (because: string): AcceptedRisk => ({
  [TypeId]: "unprotected",
  _tag: "AcceptedRisk",
  because: reason("acceptRisk", because)
})

/**
 * @category guards
 * @since 0.1.0
 */
export const isReplaySafe = (plan: Plan | undefined): plan is ReplaySafe => plan?.[TypeId] === "replay-safe"

const reason = (name: string, because: string): string => {
  if (because.trim().length < 10) {
    throw new RangeError(
      `Idempotency.${name}: because must say why in at least 10 characters, got ${JSON.stringify(because)}`
    )
  }
  return because
}
