/**
 * The laws that a declaration must keep, as types: OP-001 to OP-007, HEDGE-001 and
 * PROV-000. Their names and texts are what a developer reads when a program does not
 * compile, so they say what to write instead.
 *
 * Neighbours: `RetryMatrix` holds the laws of rules, `Contract` those of providers;
 * `Operation` and `HttpOperation` apply these. Nothing here runs.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Degradation from "./Degradation.ts"
import type * as Failure from "./Failure.ts"
import type { Hedge } from "./Hedge.ts"
import type * as Idempotency from "./Idempotency.ts"
import type { TimeBudget } from "./TimeBudget.ts"
import type { TransportFailure } from "./TransportFailure.ts"

/** @category laws @since 0.1.0 */
export interface OP_001_EveryOperationDeclaresATimeBudget {
  readonly timeout: TimeBudget
}

/** @category laws @since 0.1.0 */
export interface OP_002_EveryErrorIsDefinedWithFailureTagged extends Failure.Source<Failure.Any> {}

/**
 * The law OP-002 for an attempt: it fails with what the operation declares, or with a
 * transport failure.
 *
 * @category laws
 * @since 0.1.0
 */
export type CheckAttempt<AE, E> = 0 extends 1 & AE
  ? OP_002_AnAttemptFailsWithDeclaredFailures<"any">
  : [AE] extends [E | TransportFailure]
    ? unknown
    : OP_002_AnAttemptFailsWithDeclaredFailures<TagOf<Exclude<AE, E | TransportFailure>>>

/** @category laws @since 0.1.0 */
export type OP_002_AnAttemptFailsWithDeclaredFailures<Tag extends string> = {
  readonly [
    T in Tag as `OP-002: attempt can fail with '${T}', which this operation does not declare - map it, or add its class to failures: [...]`
  ]: never
}

type TagOf<E> = E extends { readonly _tag: infer Tag extends string } ? Tag : "an error without a tag"

/** @category laws @since 0.1.0 */
export interface OP_003_EveryMutationDeclaresAnIdempotencyPlan<I> {
  readonly idempotency: I
}

/** @category laws @since 0.1.0 */
export type OP_003_APlanIsMadeByIdempotencyKeyNaturalReconcileOrAcceptRisk =
  | Idempotency.Key<Idempotency.KeySource>
  | Idempotency.Natural
  | Idempotency.Reconcile<Idempotency.KeySource>
  | Idempotency.AcceptedRisk

/**
 * The law OP-004: a read has no plan.
 *
 * @category laws
 * @since 0.1.0
 */
export type NoPlan =
  "OP-004: a read changes nothing and is always safe to send again - remove the plan, or declare a mutation"

/** @category laws @since 0.1.0 */
export interface OP_006_AMutationFallsBackToAnotherProviderOrFails<in Req, out A, out R> extends Degradation.Other<
  Req,
  A,
  R
> {}

/**
 * The law OP-007: a reconcile plan is made for the request and the result of the operation
 * that carries it.
 *
 * **Details**   A request that is still `unknown` passes: the compiler asks before it has inferred the
 * request of an attempt that a generic function makes, and would stay with `unknown` if it
 * were refused. `RequestUnder` takes care of an attempt that really takes anything.
 *
 * @category laws
 * @since 0.1.0
 */
export type CheckPlan<I, Req, A> =
  I extends Idempotency.Reconcile<infer _S, infer R0, infer A0>
    ? [unknown extends Req ? R0 : Req, R0] extends [R0, Req]
      ? [A0] extends [A | undefined]
        ? unknown
        : "OP-007: find of the reconcile plan must return what this operation returns"
      : "OP-007: embed of the reconcile plan must take and return the request of this operation"
    : unknown

/**
 * The request of a mutation: that of its attempt, or that of its reconcile plan where the
 * attempt takes anything.
 *
 * @category laws
 * @since 0.1.0
 */
export type RequestUnder<I, Req> = unknown extends Req
  ? I extends Idempotency.Reconcile<infer _S, infer R0, infer _A>
    ? R0
    : Req
  : Req

/**
 * The law HEDGE-001: only reads and mutations under a key or natural plan are hedged.
 *
 * @category laws
 * @since 0.1.0
 */
export type CheckHedge<I> = [I] extends [Idempotency.HedgeSafe]
  ? Hedge
  : "HEDGE-001: two copies of this mutation may both be applied - hedging needs Idempotency.key or natural"

/**
 * What is called when a contract was typed `any`: nothing.
 *
 * @category laws
 * @since 0.1.0
 */
export interface PROV_000_WriteTheContractAndItsOperationsAsObjectLiterals {
  readonly "PROV-000": never
}
