// A record promises a rule for every name and holds none for sure.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

const matrix = { ...transport, RateLimited: quick }
const retry: typeof matrix = matrix
export const find = HttpOperation.read(getEndpoint, { failures: [RateLimited.wire(429)], timeout, retry })
