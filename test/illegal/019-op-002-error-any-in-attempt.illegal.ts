// expect: OP-002: attempt can fail with 'any'
// The attempt's error channel is typed any.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { quick, RateLimited, timeout, transport } from "./Acme.ts"

const attempt = (id: string) => Effect.succeed({ id }) as Effect.Effect<{ readonly id: string }, any>
export const find = Operation.read("find", {
  failures: [RateLimited],
  timeout,
  retry: { ...transport, RateLimited: quick },
  attempt
})
