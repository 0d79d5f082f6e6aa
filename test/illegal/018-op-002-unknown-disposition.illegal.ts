// expect: "idempotent-only" \| "never" \| "safe"
// A disposition that does not exist.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged<Refused>()("Refused", { retry: "sometimes", fault: "caller" }) {}
