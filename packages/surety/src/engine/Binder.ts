/**
 * How an operation makes its attempts, compiled from its binding.
 *
 * Neighbours: the HTTP adapter supplies its own; this file has the one for effects.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Operation from "../Operation.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import { EffectAttempt, type EffectSource } from "./EffectAttempt.ts"
import type { Environment } from "./Environment.ts"

/**
 * @since 0.1.0
 */
export interface Binder {
  readonly usesCredential: "yes" | "no"
  readonly expose: ReadonlyArray<string>
  readonly prepare: ((request: unknown) => unknown) | undefined
  readonly attempt: (call: Call, number: number) => Attempt
}

/**
 * The context in which the work of a call runs: the layer's, overridden by the caller's. The
 * last answer is kept, because one fiber makes many calls.
 *
 * @since 0.1.0
 */
export const contextOf = (layer: Context.Context<never>) => {
  let lastCaller: Context.Context<never> | undefined
  let last = layer
  return (caller: Context.Context<never>): Context.Context<never> => {
    if (caller !== lastCaller) {
      last = Context.merge(layer, caller)
      lastCaller = caller
    }
    return last
  }
}

/**
 * @since 0.1.0
 */
export const EffectBinder = (
  binding: Extract<Operation.Binding, { readonly _tag: "Effect" }>,
  environment: Environment
): Binder => {
  const source: EffectSource = {
    // the request type was checked where the operation was declared
    attempt: binding.attempt as unknown as EffectSource["attempt"],
    cancellation: binding.cancellation,
    contextOf: contextOf(environment.context)
  }
  return {
    usesCredential: "no",
    expose: [],
    prepare: undefined,
    attempt: (call, number) => new EffectAttempt(call, number, source)
  }
}
