// expect: Property 'retry' is missing
// An operation without a matrix.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, RateLimited, timeout } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout
})
