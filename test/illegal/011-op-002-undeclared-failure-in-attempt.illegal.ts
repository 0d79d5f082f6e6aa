// expect: OP-002: attempt can fail with 'CardDeclined', which this operation does not declare
// The attempt fails with something the operation does not declare.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { CardDeclined, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = Operation.read("find", {
  failures: [RateLimited],
  timeout,
  retry: { ...transport, RateLimited: quick },
  attempt: (id: string) => (id === "" ? Effect.fail(new CardDeclined({ code: "expired" })) : Effect.succeed({ id }))
})
