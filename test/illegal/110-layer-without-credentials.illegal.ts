// expect: Credentials<"acme/Payments">
// The provider's credential service is missing.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import * as FetchTransport from "surety/http/fetch"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
const program = Effect.flatMap(Acme, (payments) => payments.getCharge({ params: { id: "ch_1" } }))
export const running = Effect.runPromise(program.pipe(Effect.provide(Acme.layer), Effect.provide(FetchTransport.layer)))
