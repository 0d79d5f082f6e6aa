// expect: RETRY-002: 'ConnectionLost'
// The preset for replay-safe operations on a mutation that is not.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, postEndpoint, risk, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: risk,
  retry: { ...transport, CardDeclined: Backoff.never }
})
