// expect: Property 'timeout' is optional .* required in type 'OP_001_EveryOperationDeclaresATimeBudget'
// A budget that may be absent.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const declared: { readonly timeout?: { readonly attempt: "2 seconds"; readonly total: "8 seconds" } } = { timeout }
export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  retry: { ...transport, RateLimited: quick },
  ...declared
})
