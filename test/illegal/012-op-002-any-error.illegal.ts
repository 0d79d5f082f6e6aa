// expect: OP-002: the failures are typed too widely
// An error typed any.
import * as Effect from "effect/Effect"
import * as Operation from "surety/Operation"
import { quick, RateLimited, timeout, transport } from "./Acme.ts"

const failures = [RateLimited] as unknown as readonly [any]
export const find = Operation.read("find", {
  failures,
  timeout,
  retry: { ...transport, RateLimited: quick },
  attempt: (id: string) => Effect.succeed({ id })
})
