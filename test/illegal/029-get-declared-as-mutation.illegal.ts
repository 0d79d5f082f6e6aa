// expect: OP_005_AMutationIsAPostPutPatchOrDelete
// A GET changes nothing; it is a read.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, key, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.mutation(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: key,
  retry: { ...transport, RateLimited: quick }
})
