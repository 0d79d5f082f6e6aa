/**
 * The levers an operator has on a running provider: isolate and close its circuit, and read
 * its state.
 *
 * Neighbours: `Provider.control` hands it out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { State } from "./Breaker.ts"
import type { Guards } from "./Guards.ts"

const key = Symbol.for("surety/Control")

/**
 * **Details**   `isolate` refuses every call until `close`. Both act at once, in this process.
 *
 * @category models
 * @since 0.1.0
 */
export interface Control {
  readonly circuit: () => State
  readonly isolate: () => void
  readonly close: () => void
  readonly inFlight: () => number
  readonly waiting: () => number
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const Control = {
  attach: (service: object, guards: Guards): void => {
    const control: Control = {
      circuit: () => guards.breaker.state,
      isolate: () => guards.breaker.isolate(),
      close: () => guards.breaker.close(),
      inFlight: () => guards.bulkhead.inFlight,
      waiting: () => guards.bulkhead.waiting
    }
    Object.defineProperty(service, key, { value: control })
  },
  of: (service: object): Control | undefined => (service as { readonly [key]?: Control })[key]
}
