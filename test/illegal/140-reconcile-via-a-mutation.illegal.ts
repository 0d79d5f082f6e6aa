// expect: ReconcileRead
// An outcome is looked up with a read.
import * as Idempotency from "surety/Idempotency"
import { charge, type Charge } from "./Acme.ts"

export const plan = Idempotency.reconcile({
  source: "caller",
  via: charge,
  embed: (request: { readonly payload: { readonly amount: number } }) => request,
  ask: (_request, marker) => ({ payload: { amount: marker.length } }),
  find: (found: Charge) => found,
  absent: "not-applied"
})
