/**
 * One rule for every failure an operation can meet: total, and checked by the
 * compiler. This file holds the laws RETRY-000 to RETRY-004 as types, and the presets.
 *
 * Neighbours: `Backoff` makes rules, `Failure` says what may be retried, `Operation`
 * applies the check. Nothing here runs.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Schedule from "effect/Schedule"
import * as Backoff from "./Backoff.ts"
import type * as Failure from "./Failure.ts"
import type * as Idempotency from "./Idempotency.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Kind = "read" | "mutation"

/**
 * A matrix as the engine sees it.
 *
 * @category models
 * @since 0.1.0
 */
export type RetryMatrix = Readonly<Record<string, Backoff.Rule>>

type IsAny<T> = 0 extends 1 & T ? true : false

/** Tag to disposition, for a union of failures; a duplicated tag keeps every disposition. */
type Dispositions<E extends Failure.Any> = { readonly [X in E as X["_tag"]]: Failure.DispositionOf<X> }

/**
 * The verdict on one rule: the rule itself when it is legal, else a sentence.
 *
 * @category laws
 * @since 0.1.0
 */
export type CheckRule<Tag extends string, D, R, K extends Kind, I> =
  IsAny<D> extends true
    ? `RETRY-001: the disposition of '${Tag}' is typed any - declare it in Failure.Tagged as a literal`
    : R extends Backoff.Never
      ? R
      : R extends Backoff.Backoff
        ? "never" extends D
          ? `RETRY-001: '${Tag}' is declared never to be retried - its rule must be Backoff.never`
          : "idempotent-only" extends D
            ? K extends "mutation"
              ? IsReplaySafe<I> extends true
                ? R
                : `RETRY-002: '${Tag}' leaves the outcome unknown and this mutation has no replay-safe idempotency plan - declare Idempotency.key, natural or reconcile, or use Backoff.never`
              : R
            : R
        : R extends Schedule.Schedule<infer _O, infer _I, infer _E, infer _R>
          ? `RETRY-003: a raw Schedule may be unbounded and unjittered - build the rule with Backoff.exponential({ base, cap, maxAttempts, jitter })`
          : `RETRY-004: the rule for '${Tag}' must be Backoff.exponential(...) or Backoff.never`

/** A plan typed `any` breaks OP-003; it is reported there, once. */
type IsReplaySafe<I> = [I] extends [Idempotency.ReplaySafe] ? true : false

/** What may be written for each disposition, as functions: a union of dispositions accepts only what all accept. */
interface Accepts<Ambiguous> {
  readonly safe: (rule: Backoff.Rule) => void
  readonly "idempotent-only": (rule: Ambiguous) => void
  readonly never: (rule: Backoff.Never) => void
}

type AcceptsFor<K extends Kind, I> = K extends "read"
  ? Accepts<Backoff.Rule>
  : IsReplaySafe<I> extends true
    ? Accepts<Backoff.Rule>
    : Accepts<Backoff.Never>

/** The quick verdict, in two comparisons; only an unlawful matrix pays for the sentences below. */
type IsLawful<M, E extends Failure.Any, Table extends Accepts<never>> = 0 extends 1 & M[keyof M]
  ? false
  : unknown extends E["~surety/Failure"]
    ? false
    : [E["_tag"]] extends [keyof M]
      ? [{ readonly [X in E as X["_tag"]]: Table[X["~surety/Failure"]] }] extends [
          { readonly [T in keyof M]-?: (rule: M[T]) => void }
        ]
        ? true
        : false
      : false

/**
 * The check of a whole matrix `M` against the failures `E`.
 *
 * @category laws
 * @since 0.1.0
 */
export type Check<M, E extends Failure.Any, K extends Kind, I> =
  IsLawful<M, E, AcceptsFor<K, I>> extends true ? unknown : Verdict<M, E, K, I>

/** Everything here is computed for unlawful matrices only. */
type Verdict<M, E extends Failure.Any, K extends Kind, I> = string extends E["_tag"]
  ? "OP-002: the failures are typed too widely to be checked - list the classes themselves: failures: [CardDeclined, RateLimited], over HTTP their wires: [CardDeclined.wire(402), …]"
  : string extends keyof M
    ? "RETRY-000: a Record promises a rule for every name and holds none for sure - write the matrix as an object literal with one rule for each failure"
    : [Hollow<M>] extends [never]
      ? CheckKeys<M, Dispositions<E>, K, I>
      : `RETRY-004: the rule for '${Hollow<M>}' must be Backoff.exponential(...) or Backoff.never, and be certainly there (not any, not optional)`

/** The keys whose value is no object for sure: an intersection with them could not carry a sentence. */
type Hollow<M> = {
  readonly [T in keyof M]-?: IsAny<M[T]> extends true ? T & string : M[T] extends object ? never : T & string
}[keyof M]

type CheckKeys<M, D, K extends Kind, I> = {
  readonly [T in keyof M]: T extends keyof D
    ? CheckRule<T & string, D[T], M[T], K, I>
    : `RETRY-000: '${T & string}' is not a failure of this operation - remove the rule, or add the failure to failures: [...]`
} & ([Exclude<keyof D, keyof M>] extends [never] ? unknown : EveryFailureNeedsARule<Exclude<keyof D, keyof M> & string>)

/**
 * A matrix or a plan typed `any` would pass every law.
 *
 * @category laws
 * @since 0.1.0
 */
export type RefuseAny<M, I> = 0 extends 1 & M
  ? RETRY_004_AMatrixTypedAnyPassesEveryLaw
  : 0 extends 1 & I
    ? OP_003_APlanTypedAnyPassesEveryLaw
    : unknown

/** @category laws @since 0.1.0 */
export interface RETRY_004_AMatrixTypedAnyPassesEveryLaw {
  readonly "RETRY-004: the retry matrix is typed any - write it as an object literal": never
}

/** @category laws @since 0.1.0 */
export interface OP_003_APlanTypedAnyPassesEveryLaw {
  readonly "OP-003: the idempotency plan is typed any - give it the type of Idempotency.key, natural, reconcile or acceptRisk": never
}

/**
 * A matrix must be total: the missing properties are the failures that have no rule.
 *
 * @category laws
 * @since 0.1.0
 */
export type EveryFailureNeedsARule<Missing extends string> = {
  readonly [T in Missing]: Backoff.Rule
}

/**
 * Rules for the failures every remote call can meet.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transport<R extends Backoff.Rule, Ambiguous extends Backoff.Rule> {
  readonly NotSent: R
  readonly ConnectionLost: Ambiguous
  readonly AttemptTimeout: Ambiguous
  readonly UndeclaredStatus: Ambiguous
  readonly ContractViolation: Backoff.Never
}

/**
 * For reads and for mutations with a replay-safe plan: every transport failure is retried
 * under one rule, drift never.
 *
 * **Example** (Spreading the preset)
 *
 * ```ts import.meta.vitest
 * import * as Backoff from "surety/Backoff"
 * import * as RetryMatrix from "surety/RetryMatrix"
 *
 * const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 * const matrix = { ...RetryMatrix.transport(quick), CardDeclined: Backoff.never }
 * matrix.ContractViolation._tag // => "Never"
 * ```
 *
 * @category presets
 * @since 0.1.0
 */
export const transport = (rule: Backoff.Backoff): Transport<Backoff.Backoff, Backoff.Backoff> => ({
  NotSent: rule,
  ConnectionLost: rule,
  AttemptTimeout: rule,
  UndeclaredStatus: rule,
  ContractViolation: Backoff.never
})

/**
 * For mutations without a replay-safe plan: only a request that was certainly not sent is
 * sent again.
 *
 * @category presets
 * @since 0.1.0
 */
export const transportNotSent = (rule: Backoff.Backoff): Transport<Backoff.Backoff, Backoff.Never> => ({
  NotSent: rule,
  ConnectionLost: Backoff.never,
  AttemptTimeout: Backoff.never,
  UndeclaredStatus: Backoff.never,
  ContractViolation: Backoff.never
})

/**
 * Nothing is retried.
 *
 * @category presets
 * @since 0.1.0
 */
export const transportNever: Transport<Backoff.Never, Backoff.Never> = {
  NotSent: Backoff.never,
  ConnectionLost: Backoff.never,
  AttemptTimeout: Backoff.never,
  UndeclaredStatus: Backoff.never,
  ContractViolation: Backoff.never
}
