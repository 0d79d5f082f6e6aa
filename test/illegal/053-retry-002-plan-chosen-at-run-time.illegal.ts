// expect: RETRY-002: 'Overloaded'
// One of the two plans does not protect.
import type * as Idempotency from "surety/Idempotency"
import * as HttpOperation from "surety/http/HttpOperation"
import { Overloaded, postEndpoint, quick, timeout, transport } from "./Acme.ts"

declare const protectedBy: Idempotency.Key<"caller"> | Idempotency.AcceptedRisk
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Overloaded.wire(503)],
  timeout,
  idempotency: protectedBy,
  retry: { ...transport, Overloaded: quick }
})
