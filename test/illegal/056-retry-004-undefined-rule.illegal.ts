// expect: RETRY-004: the rule for 'RateLimited'
// undefined is not a rule.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: undefined }
})
