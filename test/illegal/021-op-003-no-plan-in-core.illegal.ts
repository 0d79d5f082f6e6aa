// expect: OP_003_EveryMutationDeclaresAnIdempotencyPlan
// The same without HTTP.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { quick, RateLimited, timeout, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [RateLimited],
  timeout,

  retry: { ...transport, RateLimited: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
