// A plan typed any.
import * as Backoff from "surety/Backoff"
import type * as Idempotency from "surety/Idempotency"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

const plan: Idempotency.Key<"caller"> = key
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: plan,
  retry: { ...transport, CardDeclined: Backoff.never }
})
