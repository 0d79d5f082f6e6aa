// The laws hold without HTTP.
import * as Effect from "effect/Effect"
import * as Backoff from "surety/Backoff"
import * as Operation from "surety/Operation"
import { CardDeclined, key, timeout, transport } from "./Acme.ts"

export const pay = Operation.mutation("pay", {
  failures: [CardDeclined],
  timeout,
  idempotency: key,
  retry: { ...transport, CardDeclined: Backoff.never },
  attempt: (amount: number) => Effect.succeed({ id: "ch_1", amount })
})
