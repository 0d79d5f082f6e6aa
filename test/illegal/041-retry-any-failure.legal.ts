// A failure whose disposition is typed any.
import * as Backoff from "surety/Backoff"
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import { key, postEndpoint, timeout, transport } from "./Acme.ts"

class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never" as "never",
  fault: "caller"
}) {}
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Refused.wire(402)],
  timeout,
  idempotency: key,
  retry: { ...transport, Refused: Backoff.never }
})
