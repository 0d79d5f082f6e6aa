// An answer that does not keep the contract is asked for again.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  retry: { ...transport, RateLimited: quick, ContractViolation: Backoff.never }
})
