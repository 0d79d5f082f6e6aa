// expect: RETRY-003
// Nor does jitter make a Schedule bounded.
import * as Schedule from "effect/Schedule"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: Schedule.exponential("50 millis").pipe(Schedule.jittered) }
})
