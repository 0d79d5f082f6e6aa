// expect: HEDGE-001: two copies of this mutation may both be applied
// Two copies of an unprotected mutation.
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, postEndpoint, quick, RateLimited, risk, timeout } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: risk,
  hedge: Hedge.after("500 millis"),
  retry: { ...notSent, RateLimited: quick }
})
