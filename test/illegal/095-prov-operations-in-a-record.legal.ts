// A record of operations has no names to call.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const operations: { readonly charge: typeof acme.operations.charge } = { charge: acme.operations.charge }
class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, operations }) {}
export const paid = Effect.flatMap(Acme, (payments) =>
  payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
)
