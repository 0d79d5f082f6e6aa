// expect: OP-007
// The lookup answers with something the mutation does not.
import * as Idempotency from "surety/Idempotency"
import * as HttpOperation from "surety/http/HttpOperation"
import { type Charge, getCharge, postEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const plan = Idempotency.reconcile({
  source: "caller",
  via: getCharge,
  embed: (request: { readonly payload: { readonly amount: number } }) => request,
  ask: (_request, marker) => ({ params: { id: marker } }),
  find: (found: Charge) => found.id,
  absent: "not-applied"
})
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: plan,
  retry: { ...transport, RateLimited: quick }
})
