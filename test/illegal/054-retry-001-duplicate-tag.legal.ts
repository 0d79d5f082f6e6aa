// Two failures with one tag share a rule; the stricter disposition decides.
import * as Backoff from "surety/Backoff"
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

class Blocked extends Failure.Tagged<Blocked>()("Blocked", { retry: "never", fault: "caller" }) {}
export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429), Blocked.wire(403)],
  timeout,
  retry: { ...transport, RateLimited: quick, Blocked: Backoff.never }
})
