// expect: Type 'Acme' is not assignable to type 'never'
// The provider itself is missing.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
const program = Effect.flatMap(Acme, (payments) => payments.getCharge({ params: { id: "ch_1" } }))
export const running = Effect.runPromise(program)
