// expect: OP_001_EveryOperationDeclaresATimeBudget
// A read without a time budget.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],

  retry: { ...transport, RateLimited: quick }
})
