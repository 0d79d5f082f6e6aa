// A plain error class in an HTTP operation.
import * as Backoff from "surety/Backoff"
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, timeout, transport } from "./Acme.ts"

class Refused extends Failure.Tagged<Refused>()("Refused", { retry: "never", fault: "caller" }) {}
export const find = HttpOperation.read(getEndpoint, {
  failures: [Refused.wire(422)],
  timeout,
  retry: { ...transport, Refused: Backoff.never }
})
