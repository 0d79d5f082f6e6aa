// A mutation without a time budget.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { key, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [RateLimited],
  timeout,
  idempotency: key,
  retry: { ...transport, RateLimited: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
