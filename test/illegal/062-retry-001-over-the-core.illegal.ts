// expect: RETRY-001: 'CardDeclined'
// The laws hold without HTTP.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { CardDeclined, key, quick, timeout, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [CardDeclined],
  timeout,
  idempotency: key,
  retry: { ...transport, CardDeclined: quick },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
