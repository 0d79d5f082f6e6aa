// A plan that may be absent.
import * as Backoff from "surety/Backoff"
import type * as Idempotency from "surety/Idempotency"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

const declared: { readonly idempotency: Idempotency.Key<"caller"> } = { idempotency: key }
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  retry: { ...transport, CardDeclined: Backoff.never },
  ...declared
})
