/** Ours without a breaker: what the retry budget does alone. */
import * as CircuitBreaker from "surety/CircuitBreaker"
import type { Open } from "./Client.ts"
import { openWith } from "./surety-client.ts"
import { ample } from "./surety-contract.ts"

export const open: Open = (baseUrl) =>
  openWith(baseUrl, {
    rate: ample,
    concurrency: 25,
    breaker: CircuitBreaker.none("shows what the retry budget does by itself")
  })
