/**
 * The levers an operator has on a running provider: isolate and close its circuit, read its state, and say that the
 * outcome of a lost mutation is known.
 *
 * Neighbours: `Provider.control` hands it out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { State } from "./Breaker.ts"
import type { Guards } from "./Guards.ts"
import type { LostCalls } from "./LostCalls.ts"

const key = Symbol.for("surety/Control")

/**
 * **Details**   `isolate` refuses every call until `close`. `settle`: somebody has found out what became of a mutation that
 * ended with `OutcomeUnknown`; the call under this key, without a key every call of the operation that is open, no longer
 * counts in `integration.outcome.unknown`. It gives back how many that were, and sends nothing. All act at once, in this
 * process.
 *
 * @category models
 * @since 0.1.0
 */
export interface Control<Operation extends string = string> {
  readonly circuit: () => State
  readonly isolate: () => void
  readonly close: () => void
  readonly inFlight: () => number
  readonly waiting: () => number
  settle(operation: Operation, key?: string): number
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const Control = {
  attach: (service: object, guards: Guards, lost: ReadonlyMap<string, LostCalls>): void => {
    const control: Control = {
      circuit: () => guards.breaker.state,
      isolate: () => guards.breaker.isolate(),
      close: () => guards.breaker.close(),
      inFlight: () => guards.bulkhead.inFlight,
      waiting: () => guards.bulkhead.waiting,
      settle: (operation, key) => lost.get(operation)?.settle(key) ?? 0
    }
    Object.defineProperty(service, key, { value: control })
  },
  of: (service: object): Control | undefined => (service as { readonly [key]?: Control })[key]
}
