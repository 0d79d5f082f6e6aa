// expect: RETRY-004: the rule for 'RateLimited' must be
// A rule that was not built by Backoff.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, RateLimited, timeout, transport } from "./Acme.ts"

const rule = { _tag: "Backoff", maxAttempts: 1000, baseMillis: 0, capMillis: 0, jitter: "full" } as const
export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: rule }
})
