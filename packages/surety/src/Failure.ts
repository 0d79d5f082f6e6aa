/**
 * A failure is a tagged error whose type says whether the request may be sent
 * again, whose fault it is and what it says about the provider's health. One
 * declaration feeds retry, breaker, limiter, retry budget, SLI and telemetry.
 *
 * `Schema.TaggedError` almost does this; it lacks a disposition in its type, and its
 * class type costs three times as much to check.
 *
 * Neighbours: `RetryMatrix` gives each failure a rule; `CallError` wraps failures
 * after the engine has acted on them. This module never retries anything.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Wire from "./Wire.ts"

/**
 * @category type ids
 * @since 0.1.0
 */
export const TypeId = "~surety/Failure"

/**
 * What a failure promises about the world.
 *
 * **Details**
 * - `safe`: the operation was certainly not applied; the same request may be sent again.
 * - `idempotent-only`: it may have been applied; only a read, or a mutation with a
 *   replay-safe plan, may be sent again.
 * - `never`: sending the same request again gives the same answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Disposition = "safe" | "idempotent-only" | "never"

/**
 * Whose fault a failure is. Only `provider` and `network` count against an SLO.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = "provider" | "network" | "caller" | "local"

/**
 * What a failure says about the provider's health, for the breaker and the retry budget.
 *
 * **Details**
 * - `answered`: the provider works; it refused this request on its merits.
 * - `throttled`: the provider works and asks for less load.
 * - `outage`: the provider or the way to it does not work.
 * - `ignored`: it says nothing (our own refusals, interruptions).
 *
 * Default: `answered` for `retry: "never"` or fault `caller`; `ignored` for fault
 * `local`; `throttled` for `retry: "safe"` with fault `provider`; else `outage`.
 *
 * @category models
 * @since 0.1.0
 */
export type Health = "answered" | "throttled" | "outage" | "ignored"

/**
 * The brand every failure instance carries.
 *
 * @category models
 * @since 0.1.0
 */
export interface Disposed<out D extends Disposition> {
  readonly [TypeId]: D
}

/**
 * Any failure instance.
 *
 * @category models
 * @since 0.1.0
 */
export interface Any extends Disposed<Disposition> {
  readonly _tag: string
}

/**
 * @category models
 * @since 0.1.0
 */
export type DispositionOf<E> = E extends Disposed<infer D> ? D : never

/**
 * What every failure instance has besides its fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Instance<out Tag extends string, out D extends Disposition> extends Cause.YieldableError {
  readonly _tag: Tag
  readonly [TypeId]: D
}

/**
 * What the runtime knows of a failure class.
 *
 * @category models
 * @since 0.1.0
 */
export interface Declaration {
  readonly tag: string
  readonly disposition: Disposition
  readonly fault: Fault
  readonly health: Health
  readonly outcome: "unspecified" | "not-applied"
  readonly credential: "unspecified" | "rejected"
  readonly idempotency: "unspecified" | "conflict" | "in_progress"
}

/**
 * A failure class as operations accept it: by itself, or bound to a response with
 * `wire`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source<out Self> extends Declaration {
  readonly Type: Self
}

/**
 * The fields of an instance. `Schema.Struct.Type`, which is five times as dear to check, is
 * asked only where a field is optional.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields<F extends Schema.Struct.Fields> = "optional" extends F[keyof F]["~type.optionality"]
  ? Schema.Struct.Type<F>
  : { readonly [K in keyof F]: F[K]["Type"] }

/**
 * What the constructor takes.
 *
 * @category models
 * @since 0.1.0
 */
export type Props<F extends Schema.Struct.Fields> = "optional" extends F[keyof F]["~type.optionality"]
  ? Schema.Struct.MakeIn<F>
  : "with-default" extends F[keyof F]["~type.constructor.default"]
    ? Schema.Struct.MakeIn<F>
    : { readonly [K in keyof F]: F[K]["~type.make.in"] }

/**
 * The class type of a failure.
 *
 * @category models
 * @since 0.1.0
 */
export interface Class<
  out Self,
  out Tag extends string,
  in out F extends Schema.Struct.Fields,
  out D extends Disposition
> extends Source<Self> {
  new (...args: {} extends Props<F> ? [props?: Props<F>] : [props: Props<F>]): Fields<F> & Instance<Tag, D>
  readonly tag: Tag
  readonly disposition: D
  readonly fields: F
  /** The same class as a codec: `{ _tag, ...fields }`. */
  readonly schema: Schema.Codec<Self, unknown>
  /**
   * Binds the failure to the responses that mean it.
   *
   * **Details**   With a status alone, the fields are read from the JSON body by
   * name. With a mapping, `decode` gets the decoded body and the headers, and may
   * return `undefined` for "not this failure"; `encode` is what the fake provider
   * answers with.
   */
  wire(status: number): Wire.Wire<Self>
  wire<B>(status: number | ReadonlyArray<number>, mapping: Wire.Mapping<B, Props<F>, Fields<F>>): Wire.Wire<Self>
}

type MissingSelf =
  "OP-002: write the class itself as the type argument: class X extends Failure.Tagged<X>()(tag, options) {}"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<D extends Disposition, F extends Schema.Struct.Fields> {
  /** May the same request be sent again after this failure? */
  readonly retry: D
  /** Whose fault is it? */
  readonly fault: "provider" | "network" | "caller" | "local"
  /** What it says about the provider's health; default: derived from `retry` and `fault`. */
  readonly health?: Health
  /**
   * `"not-applied"`: this answer proves that the operation was not applied, even
   * when an earlier attempt with the same key got lost. Default `"unspecified"`.
   */
  readonly outcome?: "unspecified" | "not-applied"
  /**
   * `"rejected"`: the provider refuses our credential, by other means than a 401 (which always says so). The credential
   * is renewed once and the request sent again once; the breaker does not count it. Default `"unspecified"`.
   */
  readonly credential?: "unspecified" | "rejected"
  /**
   * `"conflict"`: the provider knows this idempotency key from another request, so two calls share one key. It is counted
   * and logged, because somebody's keys are wrong. `"in_progress"`: it is still at work on an earlier request with this key;
   * counted. Default `"unspecified"`.
   */
  readonly idempotency?: "unspecified" | "conflict" | "in_progress"
  readonly fields?: F
  /** The message, from the fields; default: the tag and the scalar fields, 500 letters of each and no control characters. */
  readonly message?: (fields: Fields<F>) => string
}

/**
 * Declares a failure.
 *
 * **Details**   Instances are `Schema` classes: they decode, encode, compare by value
 * and can be yielded in `Effect.gen`. A field named `retryAfter` of type
 * `Schema.Duration` (optional or not) is taken by the engine as a floor for the next
 * wait. The brand lives on the prototype and is never on the wire.
 *
 * **Example** (A declined card and a throttled call)
 *
 * ```ts import.meta.vitest
 * import * as Schema from "effect/Schema"
 * import * as Failure from "surety/Failure"
 *
 * class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
 *   retry: "never",
 *   fault: "caller",
 *   fields: { code: Schema.String }
 * }) {}
 *
 * CardDeclined.disposition // => "never"
 * CardDeclined.health // => "answered"
 * new CardDeclined({ code: "expired_card" }).message // => "CardDeclined (code: expired_card)"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const Tagged =
  <Self = never>() =>
  <
    const Tag extends string,
    const D extends "safe" | "idempotent-only" | "never",
    const F extends Schema.Struct.Fields = {}
  >(
    tag: Tag,
    options: Options<D, F>
  ): [Self] extends [never] ? MissingSelf : Class<Self, Tag, F, D> => {
    const fields: Schema.Struct.Fields = options.fields ?? {}
    // the schema class is built by value; its precise type is `Class`, stated above
    const base: { readonly prototype: object } = Schema.TaggedError<never>()(tag, fields) as never
    const health = options.health ?? deriveHealth(options.retry, options.fault)
    const declaration: Declaration = {
      tag,
      disposition: options.retry,
      fault: options.fault,
      health,
      outcome: options.outcome ?? "unspecified",
      credential: options.credential ?? "unspecified",
      idempotency: options.idempotency ?? "unspecified"
    }
    Object.defineProperty(base.prototype, TypeId, { value: options.retry })
    Object.defineProperty(base.prototype, DeclarationId, { value: declaration })
    Object.defineProperty(base.prototype, "message", {
      configurable: true,
      get(this: object) {
        return options.message === undefined
          ? describe(tag, fields, this as Readonly<Record<string, unknown>>)
          : options.message(this as Fields<F>)
      }
    })
    Object.assign(base, declaration, {
      wire(
        this: Wire.FailureClass,
        status: number | ReadonlyArray<number>,
        mapping?: Wire.Mapping<unknown, unknown, unknown>
      ) {
        return Wire.make(this, fields, status, mapping)
      }
    })
    Object.defineProperty(base, "schema", {
      get(this: unknown) {
        return this
      }
    })
    return base as never
  }

/** @internal */
export const DeclarationId = "~surety/Failure/Declaration"

/**
 * The declaration behind a failure instance, or `undefined` for anything else.
 *
 * @category getters
 * @since 0.1.0
 */
export const declarationOf = (u: unknown): Declaration | undefined =>
  typeof u === "object" && u !== null && DeclarationId in u
    ? (u as { readonly [DeclarationId]: Declaration })[DeclarationId]
    : undefined

/**
 * @category guards
 * @since 0.1.0
 */
export const isFailure = (u: unknown): u is Any => declarationOf(u) !== undefined

/**
 * The wait a failure asks for, when it names one.
 *
 * @category getters
 * @since 0.1.0
 */
export const retryAfterOf = (failure: Any): Duration.Duration | undefined => {
  const { retryAfter } = failure as { readonly retryAfter?: unknown }
  return Duration.isDuration(retryAfter) ? retryAfter : undefined
}

const deriveHealth = (retry: Disposition, fault: Fault): Health =>
  fault === "local"
    ? "ignored"
    : retry === "never" || fault === "caller"
      ? "answered"
      : retry === "safe" && fault === "provider"
        ? "throttled"
        : "outage"

const describe = (tag: string, fields: Schema.Struct.Fields, self: Readonly<Record<string, unknown>>): string => {
  const parts: Array<string> = []
  for (const key in fields) {
    const value = self[key]
    // what a provider wrote ends no line of a log, and fills none
    if (/string|number|boolean/.test(typeof value)) {
      parts.push(`${key}: ${value}`.replace(/\p{C}/gu, "").slice(0, 500))
    }
  }
  return parts.length === 0 ? tag : `${tag} (${parts.join(", ")})`
}
