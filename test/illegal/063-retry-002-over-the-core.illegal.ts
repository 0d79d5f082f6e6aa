// expect: RETRY-002: 'ConnectionLost'
// The laws hold without HTTP.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { quick, RateLimited, risk, timeout, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [RateLimited],
  timeout,
  idempotency: risk,
  retry: { ...transport, RateLimited: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
