// expect: Property 'retry' is missing
// A failure that does not say whether it may be retried.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged<Refused>()("Refused", { fault: "caller" }) {}
