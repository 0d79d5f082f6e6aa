// expect: RETRY-000: a Record promises a rule for every name
// The engine's own view of a matrix says too little.
import type * as RetryMatrix from "surety/RetryMatrix"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const matrix = { ...transport, RateLimited: quick }
const retry: RetryMatrix.RetryMatrix = matrix
export const find = HttpOperation.read(getEndpoint, { failures: [RateLimited.wire(429)], timeout, retry })
