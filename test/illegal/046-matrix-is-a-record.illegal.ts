// expect: RETRY-000: a Record promises a rule for every name
// A record promises a rule for every name and holds none for sure.
import type * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const matrix = { ...transport, RateLimited: quick }
const retry: Record<string, Backoff.Rule> = matrix
export const find = HttpOperation.read(getEndpoint, { failures: [RateLimited.wire(429)], timeout, retry })
