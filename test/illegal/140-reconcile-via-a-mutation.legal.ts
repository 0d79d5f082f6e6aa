// An outcome is looked up with a read.
import * as Idempotency from "surety/Idempotency"
import { type Charge, getCharge } from "./Acme.ts"

export const plan = Idempotency.reconcile({
  source: "caller",
  via: getCharge,
  embed: (request: { readonly payload: { readonly amount: number } }) => request,
  ask: (_request, marker) => ({ params: { id: marker } }),
  find: (found: Charge) => found,
  absent: "not-applied"
})
