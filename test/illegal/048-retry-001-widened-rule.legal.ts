// Backoff.Rule may be a retry.
import type * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

declare const rule: Backoff.Never
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport, CardDeclined: rule }
})
