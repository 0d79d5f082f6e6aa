// expect: OP_003_EveryMutationDeclaresAnIdempotencyPlan
// A mutation that does not say what makes it safe to send again.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, postEndpoint, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,

  retry: { ...transport, CardDeclined: Backoff.never }
})
