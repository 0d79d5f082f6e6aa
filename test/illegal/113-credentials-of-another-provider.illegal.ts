// expect: Credentials<"acme/Payments">
// The credentials of one provider are not those of another.
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Provider from "surety/Provider"
import * as FetchTransport from "surety/http/fetch"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
class Other extends Provider.Service<Other>()("acme/Other", acme) {}
const program = Effect.flatMap(Acme, (payments) => payments.getCharge({ params: { id: "ch_1" } }))
export const running = Effect.runPromise(
  program.pipe(
    Effect.provide(Acme.layer),
    Effect.provide(FetchTransport.layer),
    Effect.provide(Other.Credentials.layer(Redacted.make("sk_live_1")))
  )
)
export const other = Other
