// Nothing carries the requests.
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Provider from "surety/Provider"
import * as FetchTransport from "surety/http/fetch"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
const program = Effect.flatMap(Acme, (payments) => payments.getCharge({ params: { id: "ch_1" } }))
export const running = Effect.runPromise(
  program.pipe(
    Effect.provide(Acme.layer),
    Effect.provide(FetchTransport.layer),
    Effect.provide(Acme.Credentials.layer(Redacted.make("sk_live_1")))
  )
)
