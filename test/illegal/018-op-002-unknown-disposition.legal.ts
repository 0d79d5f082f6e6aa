// A disposition that does not exist.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged<Refused>()("Refused", { retry: "never", fault: "caller" }) {}
