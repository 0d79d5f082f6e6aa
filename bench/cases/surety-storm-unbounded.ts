/** Ours with room for 1,000 calls in flight: what is left when the bulkhead never says no. */
import type { Open } from "./Client.ts"
import { openWith } from "./surety-client.ts"
import { ample } from "./surety-contract.ts"

export const open: Open = (baseUrl) => openWith(baseUrl, { rate: ample, concurrency: 1_000 })
