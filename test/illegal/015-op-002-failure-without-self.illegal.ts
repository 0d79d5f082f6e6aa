// expect: OP-002: write the class itself as the type argument
// The class does not name itself.
import * as Failure from "surety/Failure"

export class Refused extends Failure.Tagged()("Refused", { retry: "never", fault: "caller" }) {}
