// expect: Property 'CardDeclined' is missing
// expect: EveryFailureNeedsARule
// A failure without a rule.
import * as HttpOperation from "surety/http/HttpOperation"
import { CardDeclined, key, postEndpoint, timeout, transport } from "./Acme.ts"

export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [CardDeclined.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport }
})
