// expect: Expected 1 arguments
// An accepted risk says why it is acceptable.
import * as Idempotency from "surety/Idempotency"

export const plan = Idempotency.acceptRisk()
