/** Effect's bare `HttpClient` over undici, decoded with Schema: no timeout, no retry, no policy of any kind. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import { connections, type OpenHttp } from "./Http.ts"
import { loop } from "./Loop.ts"

const Charge = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("charge"),
  amount: Schema.Int,
  currency: Schema.String
})

export const open: OpenHttp = async (baseUrl) => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndiciOptions({ connections }))
  const client = await runtime.runPromise(HttpClient.HttpClient)
  const decode = HttpClientResponse.schemaBodyJson(Charge)
  const get = () =>
    client
      .execute(
        HttpClientRequest.get(`${baseUrl}/v1/charges/ch_1`, {
          headers: { authorization: "Bearer sk_bench", accept: "application/json" }
        })
      )
      .pipe(Effect.flatMap(decode))
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
