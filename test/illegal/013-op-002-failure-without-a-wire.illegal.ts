// expect: OP_002_BindEveryFailureToAStatusWithWire
// An HTTP failure that no response is mapped to.
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited],
  timeout,
  retry: { ...transport, RateLimited: quick }
})
