// expect: OP_001_EveryOperationDeclaresATimeBudget
// A mutation without a time budget.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { key, quick, RateLimited, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [RateLimited],

  idempotency: key,
  retry: { ...transport, RateLimited: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
