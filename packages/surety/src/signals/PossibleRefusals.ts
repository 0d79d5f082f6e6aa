/**
 * Which refusals of ours an operation can meet under its contract.
 *
 * Neighbours: `Explain` prints them; `Endings` has a series for each.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import type * as Refusal from "../Refusal.ts"

/**
 * @category rules
 * @since 0.1.0
 */
export const of = (
  operation: Operation.Any,
  { credentials, limits }: Contract.Any
): ReadonlyArray<Refusal.Refusal["_tag"]> => {
  const plan = operation.idempotency
  const buckets = Object.keys(operation.cost ?? limits.buckets)
  return [
    // a circuit that never opens by itself can still be isolated by hand
    "CircuitOpen",
    "BulkheadFull",
    ...(buckets.length === 0 ? [] : (["RateLimitSaturated"] as const)),
    "BudgetExhausted",
    ...(credentials._tag === "NoCredential"
      ? []
      : ([
          "CredentialUnavailable",
          "CredentialRejected",
          ...(operation.scopes.length === 0 ? [] : (["ScopeMissing"] as const))
        ] as const)),
    ...(limits.onStoreError === "closed" ? (["StoreUnavailable"] as const) : []),
    ...(plan?._tag === "Key" || plan?._tag === "Reconcile" ? (["KeyRefused"] as const) : [])
  ]
}
