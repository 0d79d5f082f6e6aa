/**
 * What makes the attempts of operations that have no wire, in place of their own: the port
 * through which a fake provider answers for an SDK.
 *
 * It is optional, and only a layer that was given a fake has it. Operations that have a
 * wire never ask: their stand-in is a `Transport`.
 *
 * Neighbours: `Service` asks when the layer is built; `testing/FakeProvider` implements it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Operation from "../Operation.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface StandIn {
  readonly bind: (operation: Operation.Any) => Operation.Binding
}

/**
 * @category services
 * @since 0.1.0
 */
export const StandIn: Context.Service<StandIn, StandIn> = Context.Service<StandIn>("surety/engine/StandIn")
