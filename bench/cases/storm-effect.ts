/** Effect's HttpClient with `retryTransient`, three retries, exponential and jittered, with the attempt timeout. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schedule from "effect/Schedule"
import { attemptMillis, type Open } from "./Client.ts"

export const open: Open = async (baseUrl) => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndici)
  const client = (await runtime.runPromise(HttpClient.HttpClient)).pipe(
    HttpClient.filterStatusOk,
    HttpClient.transformResponse(Effect.timeout(attemptMillis)),
    HttpClient.retryTransient({ times: 3, schedule: Schedule.exponential("100 millis").pipe(Schedule.jittered) })
  )
  const call = client.get(`${baseUrl}/v1/charges/ch_1`).pipe(Effect.flatMap((response) => response.json))
  return { call: () => runtime.runPromise(call) }
}
