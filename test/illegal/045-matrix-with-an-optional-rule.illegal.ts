// expect: RETRY-004: the rule for 'CardDeclined'
// A rule that may be absent.
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

const rules: { readonly CardDeclined?: Backoff.Never } = { CardDeclined: Backoff.never }
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport, ...rules }
})
