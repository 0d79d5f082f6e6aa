// expect: OP_003_APlanIsMadeByIdempotencyKeyNaturalReconcileOrAcceptRisk
// The header name alone is not a plan.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, postEndpoint, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: "Idempotency-Key",
  retry: { ...transport, CardDeclined: Backoff.never }
})
