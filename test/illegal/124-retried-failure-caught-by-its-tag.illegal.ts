// expect: '"RateLimited"' is not assignable to parameter of type
// A retried failure is the reason of RetriesExhausted.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
const found = Effect.flatMap(Acme, (payments) => payments.getCharge({ params: { id: "ch_1" } }))
export const handled = found.pipe(Effect.catchTag("RateLimited", () => Effect.succeed(undefined)))
