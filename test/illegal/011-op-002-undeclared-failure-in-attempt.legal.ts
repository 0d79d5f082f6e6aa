// The attempt fails with something the operation does not declare.
import * as Effect from "effect/Effect"
import * as Backoff from "surety/Backoff"
import * as Operation from "surety/Operation"
import { CardDeclined, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = Operation.read("find", {
  failures: [RateLimited, CardDeclined],
  timeout,
  retry: { ...transport, RateLimited: quick, CardDeclined: Backoff.never },
  attempt: (id: string) => (id === "" ? Effect.fail(new CardDeclined({ code: "expired" })) : Effect.succeed({ id }))
})
