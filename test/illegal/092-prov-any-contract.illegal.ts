// expect: PROV_000_WriteTheContractAndItsOperationsAsObjectLiterals
// A contract typed any hides every law; nothing of it can be called.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const declared: any = acme
class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
export const found = Effect.flatMap(Acme, (payments) => payments.getCharge!({ params: { id: "ch_1" } }))
