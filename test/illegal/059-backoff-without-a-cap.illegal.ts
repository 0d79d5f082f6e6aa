// expect: Property 'cap' is missing
// Waits without end.
import * as Backoff from "surety/Backoff"

export const rule = Backoff.exponential({ base: "50 millis", maxAttempts: 3, jitter: "full" })
