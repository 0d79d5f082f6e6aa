// expect: Expected 1 arguments
// "No limit" says where that was read.
import * as RateLimit from "surety/RateLimit"

export const rate = RateLimit.unlimited()
