/**
 * One call of a provider: its request, its result, the failures it can meet, how long it
 * may take, what may be sent again and why that is safe.
 *
 * Neighbours: `HttpOperation` binds one to an `HttpApiEndpoint`, `Sdk` to a client that
 * returns promises; `StreamOperation` declares one whose result is a stream; `Provider` groups operations into a service. An operation is a value;
 * it never runs by itself.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { CallError } from "./CallError.ts"
import type { Detailed } from "./CallMetadata.ts"
import type * as Degradation from "./Degradation.ts"
import { EffectBinder } from "./engine/Binder.ts"
import * as Mutation from "./engine/Mutation.ts"
import type * as Failure from "./Failure.ts"
import type { Hedge } from "./Hedge.ts"
import type * as Idempotency from "./Idempotency.ts"
import type * as Law from "./Law.ts"
import type * as Paging from "./Paging.ts"
import * as Required from "./Required.ts"
import type * as RetryMatrix from "./RetryMatrix.ts"
import * as TimeAlgebra from "./TimeAlgebra.ts"
import type { TimeBudget } from "./TimeBudget.ts"
import type { TransportFailure } from "./TransportFailure.ts"

/**
 * @category type ids
 * @since 0.1.0
 */
export const TypeId = "~surety/Operation"

/**
 * What an attempt is told.
 *
 * **Details**   `attempt` counts from 1. `idempotencyKey` is the same on every attempt of a call.
 *
 * @category models
 * @since 0.1.0
 */
export interface AttemptContext {
  readonly attempt: number
  readonly idempotencyKey: string | undefined
}

/**
 * How an operation reaches its provider: an effect per attempt, or a codec that is compiled
 * when the layer is built.
 *
 * @category models
 * @since 0.1.0
 */
export type Binding =
  | {
      readonly _tag: "Effect"
      readonly attempt: (request: never, context: AttemptContext) => Effect.Effect<unknown, unknown, never>
      readonly cancellation: "abortable" | "detached"
      /** Makes the attempts; carried by the binding, so that only programs that use it ship it. */
      readonly bind: unknown
    }
  | {
      readonly _tag: "Stream"
      readonly attempt: (request: never, context: AttemptContext) => Stream.Stream<unknown, unknown, never>
      readonly idleMillis: number
      readonly bind: unknown
    }
  | {
      readonly _tag: "Compiled"
      readonly endpoint: unknown
      readonly compile: unknown
      /** What the signals of an exchange need to know of the endpoint. */
      readonly exchange?: { readonly method: string; readonly path: string; readonly statuses: ReadonlyArray<number> }
    }

/**
 * An operation seen by value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Any {
  readonly [TypeId]: typeof TypeId
  readonly name: string
  readonly kind: RetryMatrix.Kind
  readonly attemptMillis: number
  readonly totalMillis: number
  readonly retry: RetryMatrix.RetryMatrix
  readonly idempotency: Idempotency.Plan | undefined
  readonly failures: ReadonlyArray<Failure.Source<unknown>>
  readonly hedge: Hedge | undefined
  readonly hedgeMillis: number | undefined
  readonly cost: Cost<never> | undefined
  readonly scopes: ReadonlyArray<string>
  readonly sunset: string | undefined
  readonly fallback: Degradation.Fallback<never, unknown, never> | undefined
  readonly pages: Paging.Rule<never, unknown, unknown> | undefined
  readonly binding: Binding
  /** What a mutation adds to its calls, so that only programs that change something ship it; `undefined` for a read. */
  readonly mutating: unknown
}

/**
 * An operation.
 *
 * **Details**   `E`: the failures one attempt can meet. `Err`: what a call can fail with. `Item`: the
 * element type of its pages, `never` when it has none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Operation<
  out Name extends string,
  out K extends RetryMatrix.Kind,
  in out Req,
  out A,
  out E,
  out Err,
  out I,
  out Item,
  out R
> extends Any {
  readonly name: Name
  readonly kind: K
  readonly "~request": Req
  readonly "~success": A
  readonly "~failure": E
  readonly "~error": Err
  readonly "~plan": I
  readonly "~item": Item
  readonly "~services": R
}

/**
 * Tokens that one call takes from each named bucket; 0 waits for nobody. Default: 1 from every bucket.
 *
 * @category models
 * @since 0.1.0
 */
export type Cost<in Req> = Readonly<Record<string, number | ((request: Req) => number)>>

/**
 * What every operation may declare.
 *
 * @category models
 * @since 0.1.0
 */
export interface Common<Req> {
  readonly cost?: Cost<Req>
  /** What the credential must have been granted for it, in the provider's words; all of them are in the contract's `credentials.scopes`. Default: nothing. */
  readonly scopes?: ReadonlyArray<string>
  /** The day on which the provider ends the operation, as it has announced it: an ISO date. */
  readonly sunset?: string
}

interface EffectBinding<Req, A, E, R> extends Common<Req> {
  readonly attempt: (request: Req, context: AttemptContext) => Effect.Effect<A, E, R>
  /**
   * `abortable` (default): interrupting an attempt stops the work. `detached`: the work goes
   * on, so its permit is kept until it settles.
   */
  readonly cancellation?: "abortable" | "detached"
}

type ErrorsOf<F extends ReadonlyArray<Law.OP_002_EveryErrorIsDefinedWithFailureTagged>> = F[number]["Type"]

/**
 * Declares a read: an operation that changes nothing at the provider.
 *
 * **Failures**   `RangeError` at construction when the time algebra does not hold; it names the
 * numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = <
  const Name extends string,
  Req,
  A,
  const F extends ReadonlyArray<Law.OP_002_EveryErrorIsDefinedWithFailureTagged>,
  const M,
  AE = never,
  R = never,
  FR = never
>(
  name: Name,
  options: Law.OP_001_EveryOperationDeclaresATimeBudget &
    RetryMatrix.RefuseAny<NoInfer<M>, undefined> &
    EffectBinding<Req, A, AE, R> &
    Law.CheckAttempt<NoInfer<AE>, ErrorsOf<F>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "read", undefined>
      readonly idempotency?: Law.NoPlan
      readonly hedge?: Hedge
      readonly fallback?: Degradation.Fallback<NoInfer<Req>, NoInfer<A>, FR>
    }
): Operation<
  Name,
  "read",
  Req,
  A,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "read">,
  undefined,
  never,
  R | FR
> =>
  make(name, "read", options, {
    _tag: "Effect",
    attempt: options.attempt,
    bind: EffectBinder,
    cancellation: cancellationOf(name, options)
  })

/**
 * Declares a mutation: an operation that may change something at the provider.
 *
 * **Failures**   `RangeError` at construction when the time algebra does not hold; it names the
 * numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mutation = <
  const Name extends string,
  Req,
  A,
  const F extends ReadonlyArray<Law.OP_002_EveryErrorIsDefinedWithFailureTagged>,
  const M,
  const I extends Law.OP_003_APlanIsMadeByIdempotencyKeyNaturalReconcileOrAcceptRisk = Idempotency.HedgeSafe,
  AE = never,
  R = never,
  FR = never
>(
  name: Name,
  options: Law.OP_001_EveryOperationDeclaresATimeBudget &
    Law.OP_003_EveryMutationDeclaresAnIdempotencyPlan<I & Law.CheckPlan<NoInfer<I>, NoInfer<Req>, NoInfer<A>>> &
    RetryMatrix.RefuseAny<NoInfer<M>, NoInfer<I>> &
    EffectBinding<Req, A, AE, R> &
    Law.CheckAttempt<NoInfer<AE>, ErrorsOf<F>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "mutation", NoInfer<I>>
      readonly hedge?: Law.CheckHedge<NoInfer<I>>
      readonly fallback?: Law.OP_006_AMutationFallsBackToAnotherProviderOrFails<NoInfer<Req>, NoInfer<A>, FR>
    }
): Operation<
  Name,
  "mutation",
  Law.RequestUnder<I, Req>,
  A,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "mutation">,
  I,
  never,
  R | FR
> =>
  makeMutation(name, options, {
    _tag: "Effect",
    attempt: options.attempt,
    bind: EffectBinder,
    cancellation: cancellationOf(name, options)
  })

/** An SDK binding says itself whether its work can be stopped. */
const cancellationOf = (
  name: string,
  options: { readonly cancellation?: "abortable" | "detached"; readonly attempt: unknown }
): "abortable" | "detached" => {
  const bound = (options.attempt as { readonly cancellation?: "abortable" | "detached" }).cancellation
  if (bound !== undefined && options.cancellation !== undefined && bound !== options.cancellation) {
    throw new RangeError(`${name}: cancellation is '${options.cancellation}', but the SDK binding says '${bound}'`)
  }
  return options.cancellation ?? bound ?? "abortable"
}

interface Carried {
  readonly timeout: TimeBudget
  readonly retry: unknown
  readonly failures: ReadonlyArray<Failure.Source<unknown>>
  readonly idempotency?: unknown
  readonly hedge?: unknown
  readonly cost?: unknown
  readonly scopes?: ReadonlyArray<string>
  readonly sunset?: string
  readonly fallback?: unknown
  readonly pages?: unknown
}

/** @internal */
export const makeMutation = <Op extends Any>(name: string, options: Carried, binding: unknown): Op => {
  const operation: Op = make(name, "mutation", options, binding, Mutation.rules)
  TimeAlgebra.checkPlan(name, operation.idempotency, operation.retry, operation)
  return operation
}

/** @internal */
export const make = <Op extends Any>(
  name: string,
  kind: RetryMatrix.Kind,
  options: Carried,
  binding: unknown,
  mutating?: unknown
): Op => {
  Required.check(name, options, kind === "read" ? "timeout failures retry" : "timeout failures retry idempotency")
  // the public constructors state these types and the laws check them; here they are only carried
  const retry = options.retry as RetryMatrix.RetryMatrix
  const hedge = options.hedge as Hedge | undefined
  const checked = TimeAlgebra.check({
    operation: name,
    timeout: options.timeout,
    retry,
    failures: options.failures
  })
  const operation: Any = {
    [TypeId]: TypeId,
    name,
    kind,
    attemptMillis: checked.attemptMillis,
    totalMillis: checked.totalMillis,
    retry,
    idempotency: options.idempotency as Idempotency.Plan | undefined,
    failures: options.failures,
    hedge,
    hedgeMillis: hedge?.millis(name, retry, checked.attemptMillis),
    cost: options.cost as Cost<never> | undefined,
    scopes: options.scopes ?? [],
    sunset: options.sunset,
    fallback: options.fallback as Any["fallback"],
    pages: options.pages as Any["pages"],
    binding: binding as Binding,
    mutating
  }
  // Op carries the caller's type parameters, which no value can hold
  return operation as unknown as Op
}

/**
 * @category guards
 * @since 0.1.0
 */
export const isOperation = (u: unknown): u is Any => typeof u === "object" && u !== null && TypeId in u

/**
 * What a call may be told besides its request.
 *
 * **Details**   `keyFirstUsedAt`: epoch milliseconds at which this key was first sent, when an earlier
 * process did; the engine refuses a key that the provider no longer remembers, and under a
 * `reconcile` plan looks the outcome up before it sends anything. Until something settles what that
 * process sent, the call ends with `OutcomeUnknown`, and no other provider is asked. Needs `idempotencyKey`.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallOptions {
  readonly idempotencyKey?: string
  readonly keyFirstUsedAt?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface KeyedCallOptions extends CallOptions {
  readonly idempotencyKey: string
}

/**
 * A service method whose key is optional or unused.
 *
 * @category models
 * @since 0.1.0
 */
export interface Method<in Req, out A, out Err> {
  (request: Req, options?: CallOptions): Effect.Effect<A, Err>
  /** The same call, with its metadata next to the value. */
  readonly detailed: (request: Req, options?: CallOptions) => Effect.Effect<Detailed<A>, Err>
}

/**
 * A service method whose caller must give the key.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyedMethod<in Req, out A, out Err> {
  (request: Req, options: KeyedCallOptions): Effect.Effect<A, Err>
  /** The same call, with its metadata next to the value. */
  readonly detailed: (request: Req, options: KeyedCallOptions) => Effect.Effect<Detailed<A>, Err>
}

/**
 * A service method whose result comes in pages.
 *
 * @category models
 * @since 0.1.0
 */
export interface PagedMethod<in Req, out A, out Err, out Item> extends Method<Req, A, Err> {
  /** Every item of every page; each page is a guarded call of its own. */
  readonly items: (request: Req) => Stream.Stream<Item, Err>
}

/** The members that a method is made of, read one by one: inferring all nine parameters costs more than twice as much. */
interface Typed {
  readonly "~request": unknown
  readonly "~success": unknown
  readonly "~error": unknown
  readonly "~plan": unknown
  readonly "~item": unknown
}

/**
 * The service method of an operation.
 *
 * @category models
 * @since 0.1.0
 */
export type MethodOf<Op> = Op extends Typed
  ? [Op["~plan"]] extends [{ readonly source: "caller" }]
    ? KeyedMethod<Op["~request"], Op["~success"], Op["~error"]>
    : [Op["~item"]] extends [never]
      ? Method<Op["~request"], Op["~success"], Op["~error"]>
      : PagedMethod<Op["~request"], Op["~success"], Op["~error"], Op["~item"]>
  : Law.PROV_000_WriteTheContractAndItsOperationsAsObjectLiterals
