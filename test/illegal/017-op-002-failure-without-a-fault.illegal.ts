// expect: Property 'fault' is missing
// A failure that does not say whose fault it is.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged<Refused>()("Refused", { retry: "never" }) {}
