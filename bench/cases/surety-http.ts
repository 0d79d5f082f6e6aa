/** Ours over HTTP: the full policy, a credential, and the result decoded with Schema. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as UndiciTransport from "surety/http/undici"
import * as Provider from "surety/Provider"
import type { OpenHttp } from "./Http.ts"
import { loop } from "./Loop.ts"
import { contract } from "./surety-charges.ts"
import { ample } from "./surety-contract.ts"

class Charges extends Provider.Service<Charges>()("bench/Charges", contract({ rate: ample, concurrency: 1_000 })) {}

export const open: OpenHttp = async (baseUrl) => {
  const runtime = ManagedRuntime.make(
    Charges.layerAt(baseUrl).pipe(
      Layer.provide([UndiciTransport.layer, Charges.Credentials.layer(Redacted.make("sk_bench"))])
    )
  )
  const charges = await runtime.runPromise(Charges)
  const get = () => charges.getCharge({ params: { id: "ch_1" } })
  return {
    one: () => runtime.runPromise(get()),
    run: (requests, concurrency, note) =>
      runtime.runPromise(
        loop(
          () =>
            Effect.suspend(() => {
              const began = performance.now()
              return Effect.map(get(), () => note(performance.now() - began))
            }),
          requests,
          concurrency
        )
      )
  }
}
