// A disposition that may be ambiguous is treated as ambiguous.
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, postEndpoint, quick, risk, timeout } from "./Acme.ts"

class Busy extends Failure.Tagged<Busy>()("Busy", {
  retry: "safe" as "safe",
  fault: "provider"
}) {}
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [Busy.wire(503)],
  timeout,
  idempotency: risk,
  retry: { ...notSent, Busy: quick }
})
