// Two copies of an unprotected mutation.
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import { key, notSent, postEndpoint, quick, RateLimited, timeout } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: key,
  hedge: Hedge.after("500 millis"),
  retry: { ...notSent, RateLimited: quick }
})
