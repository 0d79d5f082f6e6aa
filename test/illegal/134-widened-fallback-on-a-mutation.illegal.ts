// expect: OP_006_AMutationFallsBackToAnotherProviderOrFails
// A fallback that may be a constant.
import * as Backoff from "surety/Backoff"
import type * as Degradation from "surety/Degradation"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, type Charge, key, postEndpoint, timeout, transport } from "./Acme.ts"

declare const fallback: Degradation.Fallback<unknown, Charge, never>
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  fallback,
  retry: { ...transport, CardDeclined: Backoff.never }
})
