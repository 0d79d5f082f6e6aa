// expect: EveryFailureNeedsARule<"AttemptTimeout" \| "ConnectionLost" \| "ContractViolation" \| "UndeclaredStatus">
// The failures that every remote call can meet need rules as well.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { NotSent: quick, RateLimited: quick }
})
