/**
 * The code of one operation of a fake provider: it gets the decoded request and gives the
 * decoded result, or a failure that the operation declares.
 *
 * It is written as if the network were perfect: what becomes of its answer is the
 * script's business, and so are all transport failures.
 *
 * Neighbours: `FakeProvider` calls it behind a wire, `FakeCall` without one.
 * `FakeExchange.FakeHandler` is the same at the level of requests and responses.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Stream from "effect/Stream"
import type { TransportFailure } from "../TransportFailure.ts"
import type { FakeRequest } from "./FakeExchange.ts"

/**
 * What a handler is told besides the request.
 *
 * **Details**   `key`: the idempotency key, without its quotes. `attempt` counts from 1: how often
 * this key, or without a key this path, has arrived. `index` is the position in the log.
 *
 * @category models
 * @since 0.1.0
 */
export interface Facts extends Pick<FakeRequest, "index" | "key" | "attempt" | "atMillis" | "unixMillis" | "headers"> {}

/**
 * The failures that a handler may answer with: the declared ones.
 *
 * @category models
 * @since 0.1.0
 */
export type FailureOf<Op> = Op extends { readonly "~failure": infer E } ? Exclude<E, TransportFailure> : never

/**
 * The request that a handler gets.
 *
 * @category models
 * @since 0.1.0
 */
export type RequestOf<Op> = Op extends { readonly "~request": infer Req } ? Req : never

/**
 * The result that a handler gives; for a stream also the array of its elements.
 *
 * @category models
 * @since 0.1.0
 */
export type ResultOf<Op> = Op extends { readonly "~success": infer A }
  ? A extends Stream.Stream<infer Item, infer _E>
    ? ReadonlyArray<Item> | Stream.Stream<Item, FailureOf<Op>>
    : A
  : never

/**
 * The code of an operation: it returns the result, or an effect that gives it or fails.
 *
 * @category models
 * @since 0.1.0
 */
export type Handler<in Request, out Result, out Failure> = (
  request: Request,
  facts: Facts
) => Result | Effect.Effect<Result, Failure>

/**
 * The handlers of a contract, by operation.
 *
 * @category models
 * @since 0.1.0
 */
export type HandlersOf<Ops> = {
  readonly [K in keyof Ops]?: Handler<RequestOf<Ops[K]>, ResultOf<Ops[K]>, FailureOf<Ops[K]>>
}

/**
 * A handler seen by value.
 *
 * @category models
 * @since 0.1.0
 */
export type Any = (request: unknown, facts: Facts) => unknown

/**
 * Runs a handler. What needs no waiting is there at once, which virtual time relies on.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  handler: Any,
  request: unknown,
  facts: Facts,
  context: Context.Context<never>
): Exit.Exit<unknown, unknown> | Promise<Exit.Exit<unknown, unknown>> => {
  let result: unknown
  try {
    result = handler(request, facts)
  } catch (defect) {
    return Exit.die(defect)
  }
  return Effect.isEffect(result) ? settle(result as Effect.Effect<unknown, unknown>, context) : Exit.succeed(result)
}

/**
 * Runs an effect as far as it goes at once.
 *
 * @category running
 * @since 0.1.0
 */
export const settle = <A, E>(
  effect: Effect.Effect<A, E>,
  context: Context.Context<never>
): Exit.Exit<A, E> | Promise<Exit.Exit<A, E>> => {
  if (Exit.isExit(effect)) return effect as Exit.Exit<A, E>
  const fiber = Effect.runForkWith(context)(effect)
  return fiber.pollUnsafe() ?? new Promise((resolve) => void fiber.addObserver(resolve))
}

/**
 * The facts of a request.
 *
 * @category conversions
 * @since 0.1.0
 */
export const factsOf = (request: FakeRequest): Facts => ({
  index: request.index,
  key: request.key,
  attempt: request.attempt,
  atMillis: request.atMillis,
  unixMillis: request.unixMillis,
  headers: request.headers
})

/**
 * The declared failure that an exit ended with.
 *
 * **Failures**   Throws what else it ended with: a handler that breaks is a bug of the test.
 *
 * @category getters
 * @since 0.1.0
 */
export const failureOf = (cause: Cause.Cause<unknown>): unknown => {
  const failed = cause.reasons.find(Cause.isFailReason)
  if (failed === undefined) throw Cause.squash(cause)
  return failed.error
}
