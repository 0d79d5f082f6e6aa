// expect: OP_002_BindEveryFailureToAStatusWithWire
// A plain error class in an HTTP operation.
import * as Schema from "effect/Schema"
import * as Backoff from "surety/Backoff"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, timeout, transport } from "./Acme.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", {}) {}
export const find = HttpOperation.read(getEndpoint, {
  failures: [Refused],
  timeout,
  retry: { ...transport, Refused: Backoff.never }
})
