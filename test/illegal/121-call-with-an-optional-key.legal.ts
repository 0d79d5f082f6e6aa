// A key that may be absent.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
declare const options: { readonly idempotencyKey: string }
export const paid = Effect.flatMap(Acme, (payments) => payments.charge({ payload: { amount: 1999 } }, options))
