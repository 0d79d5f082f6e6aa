// expect: OP-003: the idempotency plan is typed any
// A plan typed any.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

const plan: any = key
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: plan,
  retry: { ...transport, CardDeclined: Backoff.never }
})
