// The laws hold without HTTP.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { notSent, quick, RateLimited, risk, timeout } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [RateLimited],
  timeout,
  idempotency: risk,
  retry: { ...notSent, RateLimited: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
