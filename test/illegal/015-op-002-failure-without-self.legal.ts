// The class does not name itself.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged<Refused>()("Refused", { retry: "never", fault: "caller" }) {}
