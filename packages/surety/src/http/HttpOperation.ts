/**
 * An operation over an `HttpApiEndpoint`: the endpoint says what goes on the wire, the
 * policy says how the call is guarded.
 *
 * The failures stand in the policy, next to their rules, not in the endpoint's `error`:
 * several failures may share a status, and may be told apart by headers.
 *
 * Neighbours: `HttpCodec` compiles the endpoint when the layer is built; `HttpAttempt`
 * runs one exchange over a `Transport`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import type * as HttpMethod from "effect/http/HttpMethod"
import type * as Stream from "effect/Stream"
import type { CallError } from "../CallError.ts"
import type * as Degradation from "../Degradation.ts"
import type * as Failure from "../Failure.ts"
import type { Hedge } from "../Hedge.ts"
import type * as Idempotency from "../Idempotency.ts"
import type * as Law from "../Law.ts"
import * as Operation from "../Operation.ts"
import type * as Paging from "../Paging.ts"
import type * as RetryMatrix from "../RetryMatrix.ts"
import type { TransportFailure } from "../TransportFailure.ts"
import type * as Wire from "../Wire.ts"
import { HttpAttempts } from "./HttpAttempt.ts"
import { compile } from "./HttpCompile.ts"
import { HttpStreamAttempts } from "./HttpStream.ts"
import * as StreamShape from "./StreamShape.ts"
import * as SuccessShape from "./SuccessShape.ts"
import type { Transport } from "./Transport.ts"

/** @category laws @since 0.1.0 */
export type OP_005_AMutationIsAPostPutPatchOrDelete = "POST" | "PUT" | "PATCH" | "DELETE"

interface Endpoint<Method extends HttpMethod.HttpMethod> extends HttpApiEndpoint.ConstraintRequest {
  readonly method: Method
}

/** @category laws @since 0.1.0 */
export interface OP_002_BindEveryFailureToAStatusWithWire extends Wire.Wire<Failure.Any> {}

type ErrorsOf<F extends ReadonlyArray<OP_002_BindEveryFailureToAStatusWithWire>> = F[number]["Type"]

type Part<Name extends string, S> = [S] extends [never] ? unknown : { readonly [K in Name]: S }

/**
 * The request of an endpoint: `params`, `query`, `headers` and `payload`, each where the
 * endpoint declares it.
 *
 * @category models
 * @since 0.1.0
 */
export type Request<E extends HttpApiEndpoint.ConstraintRequest> = [
  E["~Params"]["Type"] | E["~Query"]["Type"] | E["~Headers"]["Type"] | E["~Payload"]["Type"]
] extends [never]
  ? void
  : Part<"params", E["~Params"]["Type"]> &
      Part<"query", E["~Query"]["Type"]> &
      Part<"headers", E["~Headers"]["Type"]> &
      Part<"payload", E["~Payload"]["Type"]>

/**
 * The result of an endpoint.
 *
 * @category models
 * @since 0.1.0
 */
export type Success<E extends HttpApiEndpoint.ConstraintRequest> = E["~Success"]["Type"]

/**
 * The element type of an endpoint that answers with a stream: `HttpApiSchema.StreamNdjson`,
 * `StreamSse` or `StreamUint8Array`; `never` for any other.
 *
 * @category models
 * @since 0.1.0
 */
export type Element<E extends HttpApiEndpoint.ConstraintRequest> = E["~Success"] extends HttpApiSchema.StreamUint8Array
  ? Uint8Array
  : E["~Success"] extends HttpApiSchema.StreamNdjson<infer S>
    ? S["Type"]
    : E["~Success"] extends HttpApiSchema.StreamSse<infer _S, infer _E, infer V>
      ? V
      : never

/**
 * How the payload is written: `json` (default), or `form` with brackets for nested members
 * (`metadata[order_id]=7`, `expand[0]=x`).
 *
 * @category models
 * @since 0.1.0
 */
export type PayloadFormat = "json" | "form"

/**
 * What HTTP operations may declare besides the guards.
 *
 * **Details**   `headers`: fixed request headers. `expose`: response headers that go into the
 * metadata. `maxBodyBytes`: largest body that is read, default 8 MiB. `idle`: for streams, the
 * longest wait between two chunks, default the attempt timeout. `conditional`: keeps the
 * last result per request and sends `If-None-Match`; a 304 answers with the kept result.
 *
 * @category models
 * @since 0.1.0
 */
export interface HttpOptions<Req> extends Operation.Common<Req> {
  readonly format?: PayloadFormat
  readonly headers?: Readonly<Record<string, string>>
  readonly expose?: ReadonlyArray<string>
  readonly maxBodyBytes?: number
  readonly idle?: Duration.Input
  readonly conditional?: "etag"
}

/**
 * Declares a read over an endpoint.
 *
 * **Failures**   `RangeError` at construction when the time algebra does not hold.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = <
  const E extends Endpoint<HttpMethod.HttpMethod>,
  const F extends ReadonlyArray<OP_002_BindEveryFailureToAStatusWithWire>,
  const M,
  Item = never,
  FR = never
>(
  endpoint: E,
  policy: Law.OP_001_EveryOperationDeclaresATimeBudget &
    RetryMatrix.RefuseAny<NoInfer<M>, undefined> &
    HttpOptions<Request<E>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "read", undefined>
      readonly idempotency?: Law.NoPlan
      readonly hedge?: Hedge
      readonly pages?: Paging.Rule<Request<E>, Success<E>, Item>
      readonly fallback?: Degradation.Fallback<Request<E>, Success<E>, FR>
    }
): Operation.Operation<
  E["identifier"],
  "read",
  Request<E>,
  Success<E>,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "read">,
  undefined,
  Item,
  Transport | FR
> =>
  Operation.make(endpoint.identifier, "read", refuseStreams(endpoint, policy), {
    _tag: "Compiled",
    endpoint,
    compile: compile(endpoint, policy, HttpAttempts),
    exchange: exchangeOf(endpoint, policy, SuccessShape.fromEndpoint(topOf(endpoint)))
  })

/**
 * Declares a mutation over an endpoint.
 *
 * **Failures**   `RangeError` at construction when the time algebra does not hold.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mutation = <
  const E extends Endpoint<OP_005_AMutationIsAPostPutPatchOrDelete>,
  const F extends ReadonlyArray<OP_002_BindEveryFailureToAStatusWithWire>,
  const M,
  const I extends Law.OP_003_APlanIsMadeByIdempotencyKeyNaturalReconcileOrAcceptRisk = Idempotency.HedgeSafe,
  FR = never
>(
  endpoint: E,
  policy: Law.OP_001_EveryOperationDeclaresATimeBudget &
    Law.OP_003_EveryMutationDeclaresAnIdempotencyPlan<I & Law.CheckPlan<NoInfer<I>, Request<E>, Success<E>>> &
    RetryMatrix.RefuseAny<NoInfer<M>, NoInfer<I>> &
    HttpOptions<Request<E>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "mutation", NoInfer<I>>
      readonly hedge?: Law.CheckHedge<NoInfer<I>>
      readonly fallback?: Law.OP_006_AMutationFallsBackToAnotherProviderOrFails<Request<E>, Success<E>, FR>
    }
): Operation.Operation<
  E["identifier"],
  "mutation",
  Request<E>,
  Success<E>,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "mutation">,
  I,
  never,
  Transport | FR
> =>
  Operation.makeMutation(endpoint.identifier, refuseStreams(endpoint, policy), {
    _tag: "Compiled",
    endpoint,
    compile: compile(endpoint, policy, HttpAttempts),
    exchange: exchangeOf(endpoint, policy, SuccessShape.fromEndpoint(topOf(endpoint)))
  })

/**
 * Declares a read over an endpoint that answers with a stream. It is sent again only before
 * its first element.
 *
 * **Details**   The attempt timeout covers the time to the first element; after that, `idle` bounds
 * the wait between two chunks. The permit is kept until the stream ends.
 *
 * **Failures**   `RangeError` at construction when the endpoint has no stream, or when the time
 * algebra does not hold.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stream = <
  const E extends Endpoint<HttpMethod.HttpMethod>,
  const F extends ReadonlyArray<OP_002_BindEveryFailureToAStatusWithWire>,
  const M
>(
  endpoint: E,
  policy: Law.OP_001_EveryOperationDeclaresATimeBudget &
    RetryMatrix.RefuseAny<NoInfer<M>, undefined> &
    HttpOptions<Request<E>> & {
      readonly failures: F
      readonly retry: M & RetryMatrix.Check<NoInfer<M>, ErrorsOf<F> | TransportFailure, "read", undefined>
      readonly idempotency?: Law.NoPlan
    }
): Operation.Operation<
  E["identifier"],
  "read",
  Request<E>,
  Stream.Stream<Element<E>, ErrorsOf<F> | TransportFailure>,
  ErrorsOf<F> | TransportFailure,
  CallError<ErrorsOf<F> | TransportFailure, M, "read">,
  undefined,
  never,
  Transport
> => {
  if (!SuccessShape.hasStream(endpoint)) {
    throw new RangeError(
      `${endpoint.identifier}: the endpoint answers with no stream: declare it with HttpOperation.read`
    )
  }
  const streams = StreamShape.make(topOf(endpoint))
  return Operation.make(endpoint.identifier, "read", policy, {
    _tag: "Compiled",
    endpoint,
    compile: compile(endpoint, policy, HttpStreamAttempts, streams),
    exchange: exchangeOf(endpoint, policy, streams.shapes)
  })
}

const refuseStreams = <P>(endpoint: HttpApiEndpoint.ConstraintRequest, policy: P): P => {
  if (SuccessShape.hasStream(endpoint)) {
    throw new RangeError(
      `${endpoint.identifier}: the endpoint answers with a stream: declare it with HttpOperation.stream`
    )
  }
  return policy
}

// `ConstraintRequest` leaves out what only servers and codecs read
const topOf = (endpoint: HttpApiEndpoint.ConstraintRequest) => endpoint as unknown as HttpApiEndpoint.Top

const exchangeOf = (
  endpoint: Endpoint<HttpMethod.HttpMethod>,
  policy: HttpOptions<never>,
  shapes: ReadonlyArray<SuccessShape.SuccessShape>
) => ({
  method: endpoint.method,
  path: topOf(endpoint).path,
  statuses: [...new Set([...shapes.map(({ status }) => status), ...(policy.conditional === undefined ? [] : [304])])]
})
