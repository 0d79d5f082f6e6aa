// expect: HEDGE-001
// A lookup cannot tell two copies in flight apart.
import * as Idempotency from "surety/Idempotency"
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import { type Charge, getCharge, postEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const plan = Idempotency.reconcile({
  source: "caller",
  via: getCharge,
  embed: (request: { readonly payload: { readonly amount: number } }) => request,
  ask: (_request, marker) => ({ params: { id: marker } }),
  find: (found: Charge) => found,
  absent: "not-applied"
})
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: plan,
  hedge: Hedge.after("500 millis"),
  retry: { ...transport, RateLimited: quick }
})
