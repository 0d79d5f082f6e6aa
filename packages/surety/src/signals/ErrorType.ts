/**
 * The value of `error.type` and of `error.fault`, the same on metrics, spans and logs.
 *
 * A declared failure keeps its tag. What every call can meet, and what our own guards refuse, has one name here, so that a
 * dashboard of ten providers reads as one. Whatever is not known folds to `_OTHER`.
 *
 * Neighbours: `Endings` lists what an operation can end with; the engine looks up.
 *
 * @source OpenTelemetry semantic conventions 1.44, error.type
 * @stability experimental
 * @since 0.1.0
 */
import type * as Failure from "../Failure.ts"
import type * as Refusal from "../Refusal.ts"

/**
 * What is neither declared nor in the lists of this file.
 *
 * @category constants
 * @since 0.1.0
 */
export const other = "_OTHER"

/**
 * Whose fault an ending is.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = Failure.Fault | "cancelled"

/**
 * A name and whose fault it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Named {
  readonly type: string
  readonly fault: Fault
}

/** The codes of a transport that have a name of their own. */
const codes = ["dns", "connect_refused", "tls", "reset", "body_truncated"] as const

/**
 * What the transport failures of an operation fold to.
 *
 * **Details**   `timeout` has two faults: no answer in time is the provider's, no connection in time the network's.
 *
 * @category constants
 * @since 0.1.0
 */
export const transport: ReadonlyArray<Named> = [
  ...[...codes, "timeout", other].map((type) => ({ type, fault: "network" }) as const),
  ...["timeout", "undeclared_status", "decode", "contract_violation"].map(
    (type) => ({ type, fault: "provider" }) as const
  )
]

/**
 * The name of a failure.
 *
 * **Example** (A declared failure keeps its tag, a transport failure says what broke)
 *
 * ```ts import.meta.vitest
 * import { AttemptTimeout, ConnectionLost, NotSent } from "surety/TransportFailure"
 * import * as ErrorType from "surety/signals/ErrorType"
 *
 * ErrorType.ofFailure(new ConnectionLost({ code: "reset" })) // => "reset"
 * ErrorType.ofFailure(new NotSent({ code: "connect_timeout" })) // => "timeout"
 * ErrorType.ofFailure(new AttemptTimeout({ timeoutMillis: 2000 })) // => "timeout"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const ofFailure = (failure: Failure.Any): string => {
  switch (failure._tag) {
    case "NotSent":
    case "ConnectionLost": {
      const { code } = failure as { readonly code?: unknown }
      return codes.find((one) => one === code) ?? (code === "connect_timeout" ? "timeout" : other)
    }
    case "AttemptTimeout":
      return "timeout"
    case "UndeclaredStatus":
      return "undeclared_status"
    case "ContractViolation":
      return ["decode", "enum_unknown"].includes((failure as { readonly violation?: string }).violation ?? "")
        ? "decode"
        : "contract_violation"
    default:
      return failure._tag
  }
}

/**
 * What a refusal is called. A circuit that opened by itself, and a credential that the provider refuses, are failures of
 * the provider: otherwise an outage would end for an objective as soon as the circuit opens.
 *
 * @category constants
 * @since 0.1.0
 */
export const refusals: Readonly<Record<Refusal.Refusal["_tag"], Named>> = {
  CircuitOpen: { type: "circuit_open", fault: "provider" },
  BulkheadFull: { type: "bulkhead_full", fault: "local" },
  RateLimitSaturated: { type: "rate_limited_local", fault: "local" },
  BudgetExhausted: { type: "deadline_exceeded", fault: "local" },
  CredentialUnavailable: { type: "auth_refresh_failed", fault: "provider" },
  ScopeMissing: { type: "scope_missing", fault: "local" },
  CredentialRejected: { type: "auth_rejected", fault: "provider" },
  StoreUnavailable: { type: "store_unavailable", fault: "local" },
  KeyRefused: { type: "key_refused", fault: "caller" }
}

/**
 * What a circuit that was isolated by hand is called.
 *
 * @category constants
 * @since 0.1.0
 */
export const isolated: Named = { type: "circuit_isolated", fault: "local" }

/**
 * The name of a refusal.
 *
 * @category rules
 * @since 0.1.0
 */
export const ofRefusal = (refusal: Refusal.Refusal): Named =>
  refusal._tag === "CircuitOpen" && refusal.isolated ? isolated : refusals[refusal._tag]
