/**
 * Everything a call of an operation can end with, as the values of `integration.outcome`, `error.type` and `error.fault`:
 * its own failures, those of the transport, the refusals that its contract makes possible, and nothing else.
 *
 * Neighbours: `OperationSeries` registers one histogram for each.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import * as ErrorType from "./ErrorType.ts"
import * as PossibleRefusals from "./PossibleRefusals.ts"
import * as SignalName from "./SignalName.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Outcome = (typeof SignalName.outcomes)[number]

/**
 * **Details**   `type` and `fault` are absent where nothing went wrong.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly outcome: Outcome
  readonly type: string | undefined
  readonly fault: ErrorType.Fault | undefined
}

/**
 * A name for an ending, to look it up by.
 *
 * @category rules
 * @since 0.1.0
 */
export const keyOf = (outcome: Outcome, type: string | undefined, fault: ErrorType.Fault | undefined): string =>
  `${outcome} ${type ?? ""} ${fault ?? ""}`

/**
 * The endings of an operation, each once.
 *
 * **Details**   Under `signals.detail: "fault"` every `error.type` is `_OTHER`, an ending stands for all of one fault, and
 * cancelled calls are not measured.
 *
 * @category rules
 * @since 0.1.0
 */
export const of = (operation: Operation.Any, contract: Contract.Any): ReadonlyMap<string, Ending> => {
  const found = new Map<string, Ending>()
  const add = (outcome: Outcome, type?: string, fault?: ErrorType.Fault): void => {
    const named = type !== undefined && contract.signals.detail === "fault" ? ErrorType.other : type
    found.set(keyOf(outcome, named, fault), { outcome, type: named, fault })
  }
  add("success")
  if (operation.fallback !== undefined) add("degraded")
  // who counts faults only has no use for calls that nobody waited for
  if (contract.signals.detail !== "fault") add("cancelled", undefined, "cancelled")
  for (const { fault, tag } of operation.failures) add("failure", tag, fault)
  for (const { fault, type } of ErrorType.transport) add("failure", type, fault)
  add("failure", ErrorType.other, "local")
  for (const refusal of PossibleRefusals.of(operation, contract)) {
    const { fault, type } = ErrorType.refusals[refusal]
    add("rejected", type, fault)
  }
  add("rejected", ErrorType.isolated.type, ErrorType.isolated.fault)
  return found
}

/**
 * The attributes of an ending.
 *
 * @category rules
 * @since 0.1.0
 */
export const attributesOf = ({ fault, outcome, type }: Ending): Readonly<Record<string, string>> => ({
  [SignalName.outcome]: outcome,
  ...(type === undefined ? {} : { [SignalName.errorType]: type }),
  ...(fault === undefined ? {} : { [SignalName.errorFault]: fault })
})
