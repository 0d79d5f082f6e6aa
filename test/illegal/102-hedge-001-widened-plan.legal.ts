// Idempotency.Plan may be an accepted risk.
import type * as Idempotency from "surety/Idempotency"
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import { notSent, postEndpoint, quick, RateLimited, timeout } from "./Acme.ts"

declare const plan: Idempotency.HedgeSafe
export const pay = HttpOperation.mutation(postEndpoint, {
  failures: [RateLimited.wire(429)],
  timeout,
  idempotency: plan,
  hedge: Hedge.after("500 millis"),
  retry: { ...notSent, RateLimited: quick }
})
