// An accepted risk says why it is acceptable.
import * as Idempotency from "surety/Idempotency"

export const plan = Idempotency.acceptRisk("a lost charge is found by the nightly report")
