// expect: OP-004
// A read changes nothing, so it needs no plan.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, key, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: key,
  retry: { ...transport, RateLimited: quick }
})
