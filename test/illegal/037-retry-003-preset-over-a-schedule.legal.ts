// A preset takes a rule, not a Schedule.
import * as RetryMatrix from "surety/RetryMatrix"
import { quick } from "./Acme.ts"

export const preset = RetryMatrix.transport(quick)
