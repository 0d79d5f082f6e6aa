/** Ours with every guard at its default: breaker, retry budget, bulkhead. */
import type { Open } from "./Client.ts"
import { openWith } from "./surety-client.ts"
import { ample } from "./surety-contract.ts"

export const open: Open = (baseUrl) => openWith(baseUrl, { rate: ample, concurrency: 25 })
