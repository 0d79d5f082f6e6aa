// Another provider's answer has the same type.
import * as Effect from "effect/Effect"
import * as Degradation from "surety/Degradation"
import * as HttpOperation from "surety/http/HttpOperation"
import { getEndpoint, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const find = HttpOperation.read(getEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  fallback: Degradation.other((request: { readonly params: { readonly id: string } }) =>
    Effect.succeed({ id: request.params.id, amount: 0 })
  ),
  retry: { ...transport, RateLimited: quick }
})
