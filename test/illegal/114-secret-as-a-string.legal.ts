// A secret is Redacted from the boundary inward.
import * as Redacted from "effect/Redacted"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
export const credentials = Acme.Credentials.layer(Redacted.make("sk_live_1"))
