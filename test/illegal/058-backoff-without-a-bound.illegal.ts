// expect: Property 'maxAttempts' is missing
// Retries without end.
import * as Backoff from "surety/Backoff"

export const rule = Backoff.exponential({ base: "50 millis", cap: "2 seconds", jitter: "full" })
