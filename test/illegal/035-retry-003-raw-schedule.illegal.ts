// expect: RETRY-003: a raw Schedule may be unbounded and unjittered
// Nothing in a Schedule's type says that it ends. The other way round works: a rule is a Schedule.
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: Schedule.exponential("50 millis") }
})
export const elsewhere = Effect.retry(Effect.fail("again"), quick)
