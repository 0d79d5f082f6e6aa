// A charge that may have been applied is sent again without protection.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, Overloaded, postEndpoint, risk, timeout } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Overloaded.wire(503)],
  timeout,
  idempotency: risk,
  retry: { ...notSent, Overloaded: Backoff.never }
})
