// expect: RETRY-001: 'CardDeclined' is declared never to be retried
// A declined card is charged again.
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, quick, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport, CardDeclined: quick }
})
