// Waits without end.
import * as Backoff from "surety/Backoff"

export const rule = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
