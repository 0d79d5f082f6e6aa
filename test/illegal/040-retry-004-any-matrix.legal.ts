// A matrix typed any.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const matrix = { ...transport, RateLimited: quick }
const retry: typeof matrix = matrix
export const find = HttpOperation.read(getEndpoint, { failures: [RateLimited.wire(429)], timeout, retry })
