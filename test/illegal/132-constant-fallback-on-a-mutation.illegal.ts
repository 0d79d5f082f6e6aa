// expect: OP_006_AMutationFallsBackToAnotherProviderOrFails
// A mutation that was not made has no constant answer.
import * as Backoff from "surety/Backoff"
import * as Degradation from "surety/Degradation"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  fallback: Degradation.constant({ id: "ch_0", amount: 0 }),
  retry: { ...transport, CardDeclined: Backoff.never }
})
