// expect: RETRY-004: the rule for 'RateLimited' must be .* \(not any, not optional\)
// A rule typed any.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const rule: any = quick
export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: rule }
})
