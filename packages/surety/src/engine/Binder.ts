/**
 * How an operation makes its attempts, compiled from its binding.
 *
 * Neighbours: the HTTP adapter supplies its own; this file has the one for effects.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Operation from "../Operation.ts"
import type { SdkAttempt } from "../Sdk.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import { EffectAttempt, type EffectSource } from "./EffectAttempt.ts"
import type { Environment } from "./Environment.ts"
import { launcher } from "./Launcher.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Binder {
  readonly usesCredential: "yes" | "no"
  readonly expose: ReadonlyArray<string>
  readonly prepare: ((request: unknown) => unknown) | undefined
  readonly attempt: (call: Call, number: number) => Attempt
}

/**
 * @category constructors
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
    launcher: launcher(environment.context)
  }
  return {
    // a binding of `Sdk` says so itself
    usesCredential: (binding.attempt as Partial<SdkAttempt<never, unknown, unknown>>).usesCredential ?? "no",
    expose: [],
    prepare: undefined,
    attempt: (call, number) => new EffectAttempt(call, number, source)
  }
}
