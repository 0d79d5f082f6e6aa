// expect: missing the following properties from type 'Backoff'
// A preset takes a rule, not a Schedule.
import * as Schedule from "effect/Schedule"
import * as RetryMatrix from "surety/RetryMatrix"

export const preset = RetryMatrix.transport(Schedule.spaced("1 second"))
