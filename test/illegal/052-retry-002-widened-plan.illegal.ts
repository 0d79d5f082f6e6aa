// expect: RETRY-002: 'Overloaded'
// Idempotency.Plan may be an accepted risk.
import type * as Idempotency from "surety/Idempotency"
import * as HttpOperation from "surety/http/HttpOperation"
import { Overloaded, postEndpoint, quick, timeout, transport } from "./Acme.ts"

declare const plan: Idempotency.Plan
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Overloaded.wire(503)],
  timeout,
  idempotency: plan,
  retry: { ...transport, Overloaded: quick }
})
