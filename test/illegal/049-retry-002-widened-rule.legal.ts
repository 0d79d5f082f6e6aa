// Backoff.Rule may be a retry of an ambiguous failure.
import type * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, Overloaded, postEndpoint, risk, timeout } from "./Acme.ts"

declare const rule: Backoff.Never
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Overloaded.wire(503)],
  timeout,
  idempotency: risk,
  retry: { ...notSent, Overloaded: rule }
})
