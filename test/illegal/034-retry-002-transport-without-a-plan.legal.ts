// The preset for replay-safe operations on a mutation that is not.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, notSent, postEndpoint, risk, timeout } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: risk,
  retry: { ...notSent, CardDeclined: Backoff.never }
})
