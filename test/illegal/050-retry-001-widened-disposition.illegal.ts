// expect: RETRY-001: 'Refused'
// A disposition that may be "never" is treated as "never".
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import { key, postEndpoint, quick, timeout, transport } from "./Acme.ts"

class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "safe" as Failure.Disposition,
  fault: "caller"
}) {}
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Refused.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport, Refused: quick }
})
