// The request has the endpoint's type.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
export const paid = Effect.flatMap(Acme, (payments) =>
  payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
)
