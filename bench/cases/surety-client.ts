/** Ours as a client of the misbehaving servers. */
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as UndiciTransport from "surety/http/undici"
import type * as Limits from "surety/Limits"
import * as Provider from "surety/Provider"
import type { Client } from "./Client.ts"
import { contract } from "./surety-charges.ts"

export const openWith = async (baseUrl: string, limits: Limits.Declared): Promise<Client> => {
  class Charges extends Provider.Service<Charges>()("bench/Charges", contract(limits)) {}
  const runtime = ManagedRuntime.make(
    Charges.layerAt(baseUrl).pipe(
      Layer.provide([UndiciTransport.layer, Charges.Credentials.layer(Redacted.make("sk_bench"))]),
      // its output is the bench's
      Layer.merge(Logger.layer([]))
    )
  )
  const charges = await runtime.runPromise(Charges)
  return { call: () => runtime.runPromise(charges.getCharge({ params: { id: "ch_1" } })) }
}
