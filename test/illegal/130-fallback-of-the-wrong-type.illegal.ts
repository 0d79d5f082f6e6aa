// expect: 'string' is not assignable to type '{ readonly id: string; readonly amount: number; }'
// A fallback answers with what the operation answers with.
import * as Degradation from "surety/Degradation"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  fallback: Degradation.constant("cached"),
  retry: { ...transport, RateLimited: quick }
})
