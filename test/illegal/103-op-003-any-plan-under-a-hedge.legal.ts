// A plan typed any.
import type * as Idempotency from "surety/Idempotency"
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import { key, notSent, postEndpoint, quick, RateLimited, timeout } from "./Acme.ts"

const plan: Idempotency.Key<"caller"> = key
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: plan,
  hedge: Hedge.after("500 millis"),
  retry: { ...notSent, RateLimited: quick }
})
