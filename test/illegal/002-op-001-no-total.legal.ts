// A budget for one attempt, but none for the whole call.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  retry: { ...transport, RateLimited: quick }
})
