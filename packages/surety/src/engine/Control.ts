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
 * ended with `OutcomeUnknown`; the call under this key no longer counts in `integration.outcome.unknown`. `settleAll`: the
 * same of every call of the operation that is open, also of those without a key. Both give back how many that were, write that
 * into the log, and send nothing. All act at once, in this process.
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
  settle(operation: Operation, key: string): number
  settleAll(operation: Operation): number
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
      settle: (operation, key) => lost.get(operation)?.settle(key) ?? 0,
      settleAll: (operation) => lost.get(operation)?.settleAll() ?? 0
    }
    Object.defineProperty(service, key, { value: control })
  },
  of: (service: object): Control | undefined => (service as { readonly [key]?: Control })[key]
}
