// expect: RETRY-002: 'Overloaded' leaves the outcome unknown
// A charge that may have been applied is sent again without protection.
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, Overloaded, postEndpoint, quick, risk, timeout } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Overloaded.wire(503)],
  timeout,
  idempotency: risk,
  retry: { ...notSent, Overloaded: quick }
})
